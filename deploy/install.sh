#!/bin/sh
# Installs the agent where there is no package manager for .deb or .rpm, from the .tar.gz that deploy/packages/build makes:
# into /opt/logstream, with a user, a unit and the command `logstream`. Run again, it updates.
#
#   install.sh ARCHIVE      installs
#   install.sh --remove     removes it; configuration and buffer stay
set -eu

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 1
}

has_systemd() {
    [ -d /run/systemd/system ]
}

remove() {
    if has_systemd; then
        systemctl disable --now logstream.service logstream.socket 2>/dev/null || true
    fi
    rm -rf /opt/logstream /usr/bin/logstream /lib/systemd/system/logstream.service /lib/systemd/system/logstream.socket \
        /usr/lib/sysusers.d/logstream.conf /usr/share/doc/logstream
    if has_systemd; then
        systemctl daemon-reload
    fi
    printf 'removed; /etc/logstream and /var/lib/logstream are as they were\n'
}

install_from() {
    archive=$1
    [ -f "$archive" ] || fail "$archive is no file"
    case $archive in
        *-"$(uname -m)".tar.gz) ;;
        *) fail "$archive is not for $(uname -m), which this machine is" ;;
    esac
    tar -tzf "$archive" ./opt/logstream/bin/logstream-agent >/dev/null 2>&1 || fail "$archive is no package of the agent"
    if ! getent passwd logstream >/dev/null; then
        useradd --system --user-group --no-create-home --home-dir /var/lib/logstream --shell /usr/sbin/nologin logstream
    fi
    # A running agent has its files open: the new ones take their places, and do not overwrite them.
    rm -rf /opt/logstream.old
    [ ! -d /opt/logstream ] || mv /opt/logstream /opt/logstream.old
    tar -C / --no-same-owner --keep-directory-symlink --no-overwrite-dir -xzf "$archive"
    rm -rf /opt/logstream.old
    mkdir -p /etc/logstream
    if has_systemd; then
        systemctl daemon-reload
        systemctl try-restart logstream.service
    fi
    /opt/logstream/bin/logstream --version
    if [ ! -f /etc/logstream/logstream.yml ]; then
        printf 'Write /etc/logstream/logstream.yml (an example: /usr/share/doc/logstream/logstream.yml), then:\n'
    fi
    if has_systemd; then
        printf '  systemctl enable --now logstream.socket logstream.service\n'
    fi
}

[ "$(id -u)" -eq 0 ] || fail 'wants root'
case ${1:-} in
    --remove) remove ;;
    '' | -*) fail 'which archive? install.sh ARCHIVE, or install.sh --remove' ;;
    *) install_from "$1" ;;
esac
