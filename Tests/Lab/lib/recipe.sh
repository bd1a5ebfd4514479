# What is in a Debian root. A change of `debian_root` makes all roots anew: how they are kept stands in root.sh.
# shellcheck shell=bash

# What every root has.
common_packages="systemd systemd-sysv dbus openssh-server ca-certificates sudo iproute2 procps"

# What would change a host's files behind a test's back, and consoles that nobody looks at.
quiet_units="apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
    logrotate.timer systemd-tmpfiles-clean.timer console-getty.service"

# Each mail server's file in servers/ says, with NAME as prefix: _packages and _debconf, which make its root;
# _identity ROOT FQDN, which makes it somebody's; _is_ready ROOT, whether the booted host takes mail.
for server_file in "$lab"/servers/*.sh; do
    # shellcheck source=/dev/null
    . "$server_file"
done

# of SERVER PART: what the server's file says, or nothing.
of() {
    local name=${1//-/_}_$2
    printf %s "${!name:-}"
}

# ask_server SERVER FUNCTION WORD…: calls the server's function, where it has one.
ask_server() {
    local name=${1//-/_}_$2
    shift 2
    ! declare -F "$name" >/dev/null || "$name" "$@"
}

# debian_root FOLDER SUITE SERVER SOURCES APT-OPTIONS [PACKAGES]
debian_root() {
    local new=$1 suite=$2 server=$3 sources=$4 options=$5 extra=${6:-} packages
    # shellcheck disable=SC2086
    packages=$(printf '%s,' $common_packages $(of "$server" packages) $extra)
    # shellcheck disable=SC2016  # mmdebstrap's hooks expand $1 themselves
    DEBCONF_SELECTIONS=$(of "$server" debconf) mmdebstrap --quiet --mode=root --variant=minbase --aptopt="$options" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='force-unsafe-io' --include="${packages%,}" \
        --essential-hook='printf "%s\n" "$DEBCONF_SELECTIONS" | chroot "$1" debconf-set-selections' \
        --customize-hook='chroot "$1" systemctl --quiet mask '"${quiet_units//$'\n'/ }" \
        --customize-hook='chroot "$1" sh -c "
            rm -f /etc/ssh/ssh_host_* /etc/apt/apt.conf.d/99mmdebstrap
            : >/etc/machine-id
            touch /etc/.updated /var/.updated"' \
        "$suite" "$new" "$sources" >&2
    chmod 0755 "$new"
}

# recipe_of ROOT: everything that decides what is in it.
recipe_of() {
    local server
    server=$(server_of_root "$1")
    rows "$lab/roots" | awk -v name="$1" '$1 == name'
    printf '%s\n' "$common_packages" "$quiet_units" "$(of "$server" packages)" "$(of "$server" debconf)"
    declare -f debian_root
}

# server_of_root ROOT: the mail server that is installed in it.
server_of_root() {
    rows "$lab/roots" | awk -v name="$1" '$1 == name { print $3 }'
}
