#!/usr/bin/env bash
# Installs what is missing: Debian packages (as root or with sudo), npm packages, cargo tools.
# usage: setup.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}

# What the window is built from (WebKitGTK), the compilers that crates call, and what builds llama.cpp.
packages=(build-essential pkg-config libwebkit2gtk-4.1-dev librsvg2-dev libssl-dev cmake libclang-dev)
if [ "$purpose" = test ]; then
  # A display, a bus, the two browsers' drivers, what watches a worker's system calls, and what joins two networks.
  packages+=(xvfb xauth dbus dbus-x11 gnome-keyring webkit2gtk-driver chromium strace iproute2)
  # For the Python clients of the hub and of the local server; not every Python is Debian's.
  python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
fi

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
fi
if [ ${#missing[@]} -gt 0 ]; then
  root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "These Debian packages are missing, and there is no sudo to install them: ${missing[*]}" >&2; exit 1; }
    root=(sudo)
  fi
  echo "Installing from Debian: ${missing[*]}"
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

for tool in cargo node npm; do
  command -v "$tool" >/dev/null || { echo "Inglenook is built with Rust and Node 20: '$tool' was not found." >&2; exit 1; }
done

install_npm() { # folder: as the lock file says, once a lock file
  local stamp=$1/node_modules/.inglenook-lock
  if ! cmp -s "$1/package-lock.json" "$stamp"; then
    echo "Installing npm packages of $1"
    (cd "$1" && npm ci --no-fund --no-audit --loglevel=error)
    cp "$1/package-lock.json" "$stamp"
  fi
}
install_npm ui

install_cargo() { # command, crate, version
  if ! "$1" --version 2>/dev/null | grep -qF "$3" && ! grep -qsF "\"$2 $3 " "$INGLENOOK_TOOLS/.crates.toml"; then
    echo "Installing $2 $3"
    cargo install --quiet --locked --root "$INGLENOOK_TOOLS" --version "$3" "$2"
  fi
}
if [ "$purpose" = test ]; then
  install_npm tests
  install_npm tests/clients
  install_cargo cargo-deny cargo-deny 0.20.2
  install_cargo tauri-driver tauri-driver 2.1.0
fi

# llama-cpp-sys-2 0.1.161 leaves links to nothing in the target folder, and stumbles over them when it is built again
# (it asks whether the file at the end of the link exists). Nothing else uses them.
if [ -d "${CARGO_TARGET_DIR:-}" ]; then
  find "$CARGO_TARGET_DIR" -maxdepth 3 -xtype l \( -name 'lib*.so' -o -name 'lib*.dylib' \) -delete
fi
