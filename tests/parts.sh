#!/bin/bash
# Sets up what the tests need beside Python: PostgreSQL 15, Chromium and a library for driving it, from Debian's
# packages, when run as root.
# Says plainly what is missing otherwise; under CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ -x "${EKOPI_CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
# what drives Chromium comes with Playwright and needs a library that a bare Debian has not
.venv/lib/python3*/site-packages/playwright/driver/node --version >/dev/null 2>&1 || missing+=(libatomic1)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: ${missing[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    # the tests start a cluster of their own; Debian's default one is not needed
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
    for try in 1 2 3; do
        if apt-get -q update >/dev/null && apt-get -qy install --no-install-recommends "${missing[@]}" >/dev/null; then
            exit 0
        fi
        echo "apt-get did not succeed (try $try of 3)." >&2
        sleep $((try * 5))
    done
fi

echo "Missing for the tests: ${missing[*]}. Install with: sudo apt-get install ${missing[*]}" >&2
if [ "${CI:-}" = true ]; then
    exit 1
fi
echo "The tests that need it will be skipped, with a reason." >&2
