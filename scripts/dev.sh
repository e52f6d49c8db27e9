#!/usr/bin/env bash
# The page with hot reload, against the real host: Vite serves it and hands `/api` on. usage: dev.sh FOLDER_WITH_BINARIES
set -euo pipefail
cd "$(dirname "$0")/../ui"
bin=$1
port=5174
page=http://127.0.0.1:5173
"$bin/inglenook-webhost" --port $port --page $page &
host=$!
trap 'kill $host' EXIT
INGLENOOK_DEV_HOST=http://127.0.0.1:$port npx vite
