#!/usr/bin/env bash
# The llama.cpp worker against a bare loop over the very same libraries, on random weights of real size.
# usage: bench-peers.sh FOLDER_WITH_BINARIES [options; --help tells them]
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(cd "${1:?usage: bench-peers.sh FOLDER_WITH_BINARIES [options]}" && pwd)
shift
cache=${INGLENOOK_BENCH:-$HOME/.cache/inglenook/bench}
mkdir -p "$cache"

# What makes the model files writes GGUF with the format's own Python package.
if [ ! -x "$cache/python/bin/python" ]; then
  python3 -m venv "$cache/python"
  "$cache/python/bin/pip" install --quiet gguf numpy
fi

# The headers that the worker was built with, and the libraries that it loads.
sources=$(cargo metadata --offline --format-version 1 | python3 -c '
import json, pathlib, sys
packages = json.load(sys.stdin)["packages"]
print(next(pathlib.Path(p["manifest_path"]).parent for p in packages if p["name"] == "llama-cpp-sys-2") / "llama.cpp")')
g++ -std=c++17 -O2 -Wall -Wextra -o "$cache/bare" tests/bench/peers/bare.cpp \
  -I "$sources/include" -I "$sources/ggml/include" \
  -L "$bin/llamacpp" -Wl,--no-as-needed,-rpath,"$bin/llamacpp" -l:libllama.so.0 -l:libggml.so.0 -l:libggml-base.so.0

# -B: no compiled files into the checkout.
exec python3 -B tests/bench/peers/peers.py "$bin" "$cache" "$@"
