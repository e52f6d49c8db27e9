#!/usr/bin/env bash
# Holds the fake hub against the real Python client. usage: fakehub.sh FOLDER_WITH_BINARIES [UNITTEST ARGUMENTS]
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$1
shift
version=2.4.0
venv=${INGLENOOK_TOOLS:-$HOME/.cache/inglenook/tools}/hub-venv
if ! "$venv/bin/python" -c "import huggingface_hub as hub; assert hub.__version__ == '$version'" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check "huggingface_hub==$version"
fi
exec "$venv/bin/python" tests/hub/validate.py "$bin/inglenook-fakehub" "$@"
