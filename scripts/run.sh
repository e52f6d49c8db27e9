#!/usr/bin/env bash
# Opens the window; on a machine without a display it serves the same application on loopback.
# usage: run.sh FOLDER_WITH_BINARIES
set -euo pipefail
bin=$1
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" != Linux ]; then
  exec "$bin/inglenook"
fi
echo "There is no display here, so Inglenook serves its window on this machine's loopback address instead."
exec "$bin/inglenook-webhost"
