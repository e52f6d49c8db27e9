#!/usr/bin/env bash
# Unchanged clients in Python and Node against the local server with the built-in model.
# usage: clients.sh FOLDER_WITH_BINARIES [PYTEST ARGUMENTS]
set -euo pipefail
cd "$(dirname "$0")/../tests/clients"
bin=$1
shift
# One environment for each list of packages. It is renamed into place when it is whole.
venv=${XDG_CACHE_HOME:-$HOME/.cache}/inglenook/clients/$(sha256sum requirements.txt | cut -c1-16)
if [ ! -d "$venv" ]; then
  echo "Installing Python clients"
  rm -rf "$venv.new"
  python3 -m venv "$venv.new"
  # The list is whole, and made where its parts were weighed against each other: see requirements.in.
  "$venv.new/bin/python" -m pip install -q --disable-pip-version-check \
    --no-deps --only-binary :all: --require-hashes -r requirements.txt
  mv "$venv.new" "$venv"
fi
# Nothing of theirs is left among the sources.
export PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=$venv/hypothesis
export PYTEST_ADDOPTS="--benchmark-storage=file://$venv/benchmarks"
"$venv/bin/python" serve.py "$bin" bash -euo pipefail -c '
  python=$1
  shift
  "$python" -m pytest "$@"
  [ $# -gt 0 ] || node --test --test-reporter=spec --test-concurrency=1 --test-timeout=300000 *.test.mjs
' clients "$venv/bin/python" "$@"
