#!/usr/bin/env bash
# The page with hot reload, against the real host: Vite serves it and hands `/api` on. The hub is the fake one, with its
# demo catalogue and with Pocket, unless `HF_ENDPOINT` names another; it takes its orders from this terminal, line by
# line (see `testkit/src/main.rs`): {"throttle": 2000000}. usage: dev.sh FOLDER_WITH_BINARIES
set -euo pipefail
cd "$(dirname "$0")/../ui"
bin=$1
port=5174
page=http://127.0.0.1:5173
started=()
trap 'kill "${started[@]}" 2>/dev/null || true' EXIT
if [ -z "${HF_ENDPOINT:-}" ]; then
  said=$(mktemp)
  "$bin/inglenook-fakehub" --real ../src-tauri/resources/models/pocket/Pocket-Q8_0.gguf <&0 > >(tee "$said") &
  started+=($!)
  until [ -s "$said" ]; do sleep 0.1; done
  HF_ENDPOINT=$(head -1 "$said" | sed 's/.*"endpoint":"\([^"]*\)".*/\1/')
  export HF_ENDPOINT
  rm "$said"
  echo "The hub is a fake one: $HF_ENDPOINT. Lines that you type here are its orders."
fi
"$bin/inglenook-webhost" --port $port --page $page </dev/null &
started+=($!)
INGLENOOK_DEV_HOST=http://127.0.0.1:$port npx vite </dev/null
