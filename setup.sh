#!/bin/sh
# Makes .venv with everything EKOPI needs; quick when it is there already. Used by the Makefile.
#   setup.sh          what the product needs
#   setup.sh all      with what tests and checks need
set -eu
cd "$(dirname "$0")"

extras=""
[ "${1:-}" = all ] && extras="[test,lint]"
print=$(cat pyproject.toml build_catalogues.py ekopi/translations/*/LC_MESSAGES/*.po 2>/dev/null | sha256sum | cut -c1-16)
if [ -e ".venv/.ready-all-$print" ] || { [ -z "$extras" ] && [ -e ".venv/.ready-run-$print" ]; }; then
    exit 0
fi

say() { printf '%s\n' "$*" >&2; }

python=""
for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    say "EKOPI needs Python 3.11 or newer. On Debian: apt-get install python3 python3-venv"
    exit 1
fi

if [ ! -x .venv/bin/pip ]; then
    say "Making a virtual environment in .venv ..."
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        say "Python cannot make a virtual environment: a package is missing."
        say "On Debian: apt-get install python3-venv"
        exit 1
    fi
fi

say "Installing what EKOPI needs (downloads about 100 MB the first time) ..."
rm -f .venv/.ready-*
# uv takes seconds where pip takes half a minute; pip does it where uv cannot
if ! { .venv/bin/pip install -q uv &&
       .venv/bin/uv pip install -q --python .venv/bin/python --compile-bytecode -e ".$extras" 2>.venv/uv.log; }; then
    if ! .venv/bin/pip install -q -e ".$extras"; then
        say "What EKOPI needs could not be installed; the lines above say why. It comes from PyPI: check the network, then run this again."
        exit 1
    fi
fi
touch ".venv/.ready-$([ -n "$extras" ] && echo all || echo run)-$print"
