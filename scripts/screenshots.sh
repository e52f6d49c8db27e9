#!/usr/bin/env bash
# The pictures in the README, taken from the real window. usage: screenshots.sh FOLDER_WITH_BINARIES [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
export INGLENOOK_BIN=$1
export INGLENOOK_PICTURES=${2:-$PWD/docs/screenshots}
mkdir -p "$INGLENOOK_PICTURES"
command -v import >/dev/null || { echo "The pictures are taken with ImageMagick: apt-get install imagemagick" >&2; exit 1; }
export NO_AT_BRIDGE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1
cd tests
exec xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node desktop/pictures.mjs
