#!/usr/bin/env bash
# Installs the Debian packages that running (or testing) needs. Usage: setup/system.sh run|test
# Needs root or sudo, and only when something is missing.
set -euo pipefail
purpose="${1:?usage: setup/system.sh run|test}"

# package | a command that shows it is there however it was installed (- for none) | why
run_packages='
espeak-ng|espeak-ng|the voice: pyttsx3 speaks through it
ffmpeg|ffmpeg|reads audio files other than WAV
'
test_packages='
libfst-tools|fstcompile|builds the decoding graphs of the small recogniser
libfst22-plugins-base|-|the graph format that Vosk reads
chromium|chromium|the browser tests of the doctor'"'"'s page
libatomic1|-|a library that the driver of the browser needs
postgresql|pg_ctl|a throw-away PostgreSQL: the storage tests run on SQLite and on it
nodejs|node|a second, independent FHIR validator
npm|npm|installs that validator
'
wanted="$run_packages"
[ "$purpose" = test ] && wanted="$run_packages$test_packages"

present() { # package, command
    command -v "$2" >/dev/null || [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
while IFS='|' read -r package command why; do
    [ -n "$package" ] || continue
    present "$package" "$command" && continue
    missing+=("$package")
    echo "  missing: $package ($why)"
done <<<"$wanted"
[ ${#missing[@]} -gt 0 ] || exit 0

fail() { echo "setup: $*" >&2; exit 1; }
command -v apt-get >/dev/null || fail "this system has no apt-get; install by its own means: ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=(sudo)
else
    fail "neither root nor sudo; ask an administrator for: apt-get install ${missing[*]}"
fi

log="var/setup.log"
mkdir -p var
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >>"$log" 2>&1; }
echo "Installing Debian packages: ${missing[*]}"
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
    tail -n 15 "$log" >&2
    fail "apt-get could not install ${missing[*]}; its output is in $log"
fi
