#!/usr/bin/env bash
# Journeys in Chromium against the HTTP host, with a bus and an open keyring of their own.
# usage: e2e.sh FOLDER_WITH_BINARIES [PLAYWRIGHT ARGUMENTS]
set -euo pipefail
cd "$(dirname "$0")/../tests"
export INGLENOOK_BIN=$1
shift
INGLENOOK_KEYRING=$(mktemp -d)
export INGLENOOK_KEYRING
trap 'rm -rf "$INGLENOOK_KEYRING"' EXIT
# shellcheck disable=SC2016 # the inner shell reads its own arguments
dbus-run-session -- bash -euo pipefail -c '
  printf test | XDG_DATA_HOME=$INGLENOOK_KEYRING XDG_RUNTIME_DIR=$INGLENOOK_KEYRING gnome-keyring-daemon --unlock --components=secrets >/dev/null
  exec npx playwright test -c e2e/playwright.config.ts "$@"
' e2e "$@"
