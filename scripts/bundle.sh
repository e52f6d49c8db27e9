#!/usr/bin/env bash
# Bundles the programs that were built: the window, the workers beside it with their kernels, and the built-in model.
# usage: bundle.sh FOLDER_WITH_BINARIES deb[,rpm,…]
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$1
bundles=$2

# Tauri wants every program that travels along under a name that ends in the target's triple.
triple=$(rustc -vV | sed -n 's/^host: //p')
suffix=
[[ $triple == *windows* ]] && suffix=.exe
mkdir -p "$bin/along"
for engine in llamacpp mistralrs; do
  cp "$bin/inglenook-$engine$suffix" "$bin/along/inglenook-$engine-$triple$suffix"
done

# llama.cpp's libraries and kernels, where the worker looks for them: beside the other libraries of the system.
kernels="{ \"depends\": [\"libgomp1\"], \"files\": { \"/usr/lib/inglenook/llamacpp\": \"$bin/llamacpp\" } }"

# Only bundling needs these: in `tauri.conf.json` every build would have to find them.
cat > "$bin/along/bundle.json" <<JSON
{ "bundle": {
    "externalBin": ["$bin/along/inglenook-llamacpp", "$bin/along/inglenook-mistralrs"],
    "resources": { "$PWD/src-tauri/resources/models/pocket/Pocket-Q8_0.gguf": "models/pocket/Pocket-Q8_0.gguf" },
    "linux": { "deb": $kernels, "rpm": $kernels },
    "macOS": { "files": { "Frameworks/llamacpp": "$bin/llamacpp" } }
} }
JSON

# Not among the page's own packages: a lock file cannot be checked against a registry that lacks the builds of this
# one package for other systems, and only bundling needs it.
version=2.12.5
tools=${INGLENOOK_TOOLS:-$HOME/.cache/inglenook/tools}/tauri-cli-$version
[ -x "$tools/node_modules/.bin/tauri" ] || npm install --silent --no-save --prefix "$tools" "@tauri-apps/cli@$version"
"$tools/node_modules/.bin/tauri" bundle --bundles "$bundles" --config "$bin/along/bundle.json"
