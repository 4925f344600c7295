#!/usr/bin/env bash
# Installs crossfoot from PyPI, apart from all other packages.
set -euo pipefail
folder="$RUNNER_TEMP/crossfoot-install"
python=$(command -v python3 || command -v python)
"$python" -m venv "$folder"
programs="$folder/bin"
if [ -d "$folder/Scripts" ]; then
    programs="$folder/Scripts"
fi
"$programs/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    "crossfoot${CROSSFOOT_VERSION:+==$CROSSFOOT_VERSION}"
echo "$programs" >>"$GITHUB_PATH"
