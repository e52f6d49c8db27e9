#!/usr/bin/env bash
# Figures: the worker on random weights of real size, the hub and the library, the page in Chromium, the real window.
# usage: bench.sh FOLDER_WITH_BINARIES [PART]...
# Parts: worker, server, hub (all of downloads, headers and library), page, window; all of them where none is named.
set -euo pipefail
cd "$(dirname "$0")/.."
usage="usage: bench.sh FOLDER_WITH_BINARIES [worker|server|hub|downloads|headers|library|page|window]..."
INGLENOOK_BIN=$(cd "${1:?$usage}" && pwd)
export INGLENOOK_BIN
shift
cache=${INGLENOOK_BENCH:-$HOME/.cache/inglenook/bench}
mkdir -p "$cache"

# The script writes GGUF with the format's own Python package.
worker() {
  if [ ! -x "$cache/python/bin/python" ]; then
    python3 -m venv "$cache/python"
    "$cache/python/bin/pip" install --quiet gguf numpy
  fi
  for size in ${INGLENOOK_BENCH_SIZES:-1b}; do
    model=$cache/random-llama-$size-q4_k_m.gguf
    [ -f "$model" ] || "$cache/python/bin/python" tools/random_gguf.py "$model" --arch llama --size "$size" --quant q4_k_m
    echo
    "$INGLENOOK_BIN/bench-worker" "$model"
  done
}

server() { "$INGLENOOK_BIN/bench-server"; }
hub() { "$INGLENOOK_BIN/bench-hub" "$cache"; }
downloads() { "$INGLENOOK_BIN/bench-hub" "$cache" downloads; }
headers() { "$INGLENOOK_BIN/bench-hub" "$cache" headers; }
library() { "$INGLENOOK_BIN/bench-hub" "$cache" library; }

page() {
  echo
  (cd tests && node bench/ui.mjs)
}

window() {
  echo
  export NO_AT_BRIDGE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1
  (cd tests && xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node bench/window.mjs)
}

for part in "$@"; do
  case $part in worker | server | hub | downloads | headers | library | page | window) ;; *) echo "$usage" >&2 && exit 2 ;; esac
done
grep -m1 'model name' /proc/cpuinfo | sed 's/.*: /processor: /'
echo "cores: $(nproc), memory: $(awk '/MemTotal/ { printf "%.1f GB", $2 / 1e6 }' /proc/meminfo)"
[ $# -gt 0 ] || set -- worker server hub page window
for part in "$@"; do "$part"; done
