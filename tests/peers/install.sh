#!/bin/sh
# Installs what some tests judge us by: Chromium, Postfix, Dovecot, OpenDKIM, npm mjml, what reads units and compose
# files, and two checkers. Fast when all is there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
wanted="chromium fonts-noto-core fonts-liberation fonts-dejavu-core postfix dovecot-imapd opendkim iproute2 docker-compose systemd"

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "make peers needs root and Debian (or a system with apt-get): it installs $wanted and Node." >&2
    echo "Without it the tests that need them are skipped, and counted." >&2
    exit 1
fi

command -v npm >/dev/null 2>&1 || wanted="$wanted nodejs npm"
missing=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    # RUNLEVEL=1 keeps the package from starting a mail server; tests start what they need, on loopback.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing
fi

if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed"; then
    (cd "$here" && npm ci --silent --no-audit --no-fund --ignore-scripts)
    cp "$here/package-lock.json" "$here/node_modules/.installed"
fi
echo "peers: $(chromium --version 2>/dev/null | cut -d' ' -f1-2), Postfix $(postconf -d -h mail_version), Dovecot $(dovecot --version | cut -d" " -f1)," \
    "npm mjml $(node -p "require('$here/node_modules/mjml/package.json').version")"
