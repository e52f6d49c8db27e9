#!/usr/bin/env bash
# A few journeys in the real window: Xvfb, a bus of its own, tauri-driver. usage: desktop.sh FOLDER_WITH_BINARIES
set -euo pipefail
cd "$(dirname "$0")/../tests"
export INGLENOOK_BIN=$1
# A software renderer draws the window of a test machine; the accessibility bus is not there.
export NO_AT_BRIDGE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1
exec xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node --test --test-reporter=spec --test-concurrency=1 --test-timeout=180000 desktop/
