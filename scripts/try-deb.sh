#!/usr/bin/env bash
# Unpacks the package and asks its window a question. usage: try-deb.sh FOLDER_WITH_BINARIES
set -euo pipefail
cd "$(dirname "$0")/.."
packages=("$1"/bundle/deb/*.deb)
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
# Not installed: nothing outside of this folder changes, and no root is needed. What is looked for lies beside the
# program, wherever that is.
dpkg-deb -x "${packages[-1]}" "$unpacked"
export INGLENOOK_BIN=$unpacked/usr/bin
export NO_AT_BRIDGE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1
cd tests
xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node desktop/package.mjs
echo "The package runs: its window opened and Pocket answered."
