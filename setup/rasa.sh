#!/usr/bin/env bash
# Makes the Python environment of stock Rasa, which needs Python 3.10 and old libraries: var/rasa-env, or
# $RASA_ENV. Usage: setup/rasa.sh. Does nothing when nothing changed since the last time. About 2.7 GB.
# PYTHON310 names an interpreter that is neither `python3.10` on the PATH nor one of pyenv's.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "setup: $*" >&2; exit 1; }
environment="${RASA_ENV:-var/rasa-env}"
pins=setup/rasa-constraints.txt
log="var/rasa-setup.log"

stamp="$environment/ready"
made_from="$(cd "$(dirname "$environment")" 2>/dev/null && pwd || true) $(cat setup/rasa.sh "$pins" | sha256sum)"
[ "$(cat "$stamp" 2>/dev/null)" = "$made_from" ] && exit 0

# A pyenv shim is on the PATH even where its version is not chosen, so each candidate is tried.
candidates=("${PYTHON310:-python3.10}")
pyenv_root="${PYENV_ROOT:-$HOME/.pyenv}"
candidates+=("$pyenv_root"/versions/3.10.*/bin/python3.10)
python=""
for candidate in "${candidates[@]}"; do
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
[ -n "$python" ] || fail "Rasa 3.6 needs Python 3.10, which was not found; install it (pyenv install 3.10) or set PYTHON310"

mkdir -p var "$(dirname "$environment")"
made_from="$(cd "$(dirname "$environment")" && pwd) $(cat setup/rasa.sh "$pins" | sha256sum)"
echo "Setting up Rasa in $environment (with $("$python" -V)); this takes some minutes and about 2.7 GB."
"$environment/bin/python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null ||
    "$python" -m venv --clear "$environment"
if ! "$environment/bin/python" -m pip install --disable-pip-version-check -c "$pins" rasa jieba >"$log" 2>&1; then
    grep -E '^(ERROR|error)' "$log" | tail -n 5 >&2
    fail "pip could not install Rasa; its output is in $log (is the package index reachable?)"
fi
RASA_TELEMETRY_ENABLED=false "$environment/bin/rasa" telemetry disable >>"$log" 2>&1 || true
echo "$made_from" >"$stamp"
echo "Ready: $environment"
