#!/usr/bin/env bash
# Makes everything ready to run (or test): system packages, .venv, Python packages.
# Usage: setup/environment.sh run|test. Does nothing when nothing changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose="${1:?usage: setup/environment.sh run|test}"
fail() { echo "setup: $*" >&2; exit 1; }

# The stamp holds what the installation was made from; the folder is part of it, for a moved .venv is broken.
stamp=".venv/ready-for-$purpose"
made_from="$purpose $PWD $(cat pyproject.toml constraints.txt setup/*.sh | sha256sum)"
[ "$(cat "$stamp" 2>/dev/null)" = "$made_from" ] && exit 0

echo "Setting up (to $purpose); the first time takes a few minutes."
mkdir -p var
log="var/setup.log"
: >"$log"
setup/system.sh "$purpose"

python="${PYTHON:-python3}"
command -v "$python" >/dev/null || fail "$python not found; install Python 3.11 or newer"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed, $python is $("$python" -V)"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "Python's venv module is missing; apt-get install python3-venv"

if ! .venv/bin/python -c '' 2>/dev/null || ! grep -qs "$PWD/.venv" .venv/bin/pip; then
    echo "Creating the Python environment .venv"
    "$python" -m venv --clear .venv
fi

pip_install() { # what for, then pip's arguments
    echo "Installing $1"
    shift
    if ! .venv/bin/python -m pip install --disable-pip-version-check -c constraints.txt "$@" >>"$log" 2>&1; then
        grep -E '^(ERROR|error)' "$log" | tail -n 5 >&2
        fail "pip could not install them; its output is in $log (is the package index reachable?)"
    fi
}

if [ "$purpose" = test ]; then
    # Torch trains the small recogniser in the tests. Without a GPU the CPU build will do, gigabytes smaller;
    # TORCH_INDEX names where to look for it, an empty one means the usual package index.
    torch_index="${TORCH_INDEX-https://download.pytorch.org/whl/cpu}"
    reachable="import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + '/torch/', timeout=5)"
    if command -v nvidia-smi >/dev/null || [ -z "$torch_index" ] ||
        ! .venv/bin/python -c "$reachable" "$torch_index" 2>/dev/null; then
        pip_install "torch" torch
    else
        pip_install "torch (the CPU build)" torch --index-url "$torch_index"
    fi
    pip_install "the Python packages for running and testing" -e '.[dev]'
else
    pip_install "the Python packages for running" -e .
fi
echo "$made_from" >"$stamp"
echo "Ready."
