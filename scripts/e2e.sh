#!/usr/bin/env bash
# Journeys in Chromium against the HTTP host. usage: e2e.sh FOLDER_WITH_BINARIES [PLAYWRIGHT ARGUMENTS]
set -euo pipefail
cd "$(dirname "$0")/../tests"
export INGLENOOK_BIN=$1
shift
exec npx playwright test -c e2e/playwright.config.ts "$@"
