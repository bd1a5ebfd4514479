# What is in a Debian root. A change of `debian_base` rebuilds all roots. root.sh has the cache.
# shellcheck shell=bash

# What every root has.
common_packages="systemd systemd-sysv dbus openssh-server ca-certificates sudo iproute2 procps"

# Units that would change a host's files behind a test's back, and consoles that nobody uses.
quiet_units="apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
    logrotate.timer systemd-tmpfiles-clean.timer console-getty.service"

# Each mail server's file in servers/ says, with NAME as prefix: _packages and _debconf, which make its root;
# _identity ROOT FQDN, which gives it its names; _is_ready ROOT, whether the booted host takes mail.
for server_file in "$lab"/servers/*.sh; do
    # shellcheck source=/dev/null
    . "$server_file"
done

# of SERVER PART: prints the value in the server's file, or nothing.
of() {
    local name=${1//-/_}_$2
    printf %s "${!name:-}"
}

# ask_server SERVER FUNCTION WORD…: calls the server's function, if it has one.
ask_server() {
    local name=${1//-/_}_$2
    shift 2
    ! declare -F "$name" >/dev/null || "$name" "$@"
}

# debian_base FOLDER SUITE SOURCES APT-OPTIONS: makes what all roots of a suite have in common, and keeps apt's lists.
debian_base() {
    local new=$1 suite=$2 sources=$3 options=$4
    # shellcheck disable=SC2016  # mmdebstrap's hooks expand $1 themselves
    mmdebstrap --quiet --mode=root --variant=minbase --aptopt="$options" --skip=cleanup/apt/lists \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='force-unsafe-io' --include="${common_packages// /,}" \
        --customize-hook='chroot "$1" systemctl --quiet mask '"${quiet_units//$'\n'/ }" \
        "$suite" "$new" "$sources" >&2
    chmod 0755 "$new"
}

# debian_server FOLDER SERVER APT-OPTIONS [PACKAGES]: installs a server in a base.
debian_server() {
    local new=$1 server=$2 options=$3 extra=${4:-}
    local -a packages
    read -r -d '' -a packages <<<"$(of "$server" packages) $extra" || true
    printf 'Dir "%s/";\nDPkg::Chroot-Directory "%s";\nAPT::Install-Recommends "false";\n' "$new" "$new" >>"$options"
    of "$server" debconf | chroot "$new" debconf-set-selections
    # Nothing is started: https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
    printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
    chmod 0755 "$new/usr/sbin/policy-rc.d"
    mount -t proc proc "$new/proc"
    # The lists are as old as the base.
    apt_from_outside "$options" install "${packages[@]}" >"$new.log" 2>&1 ||
        { apt_from_outside "$options" update && apt_from_outside "$options" install "${packages[@]}"; } >"$new.log" 2>&1 ||
        { tail -n 20 "$new.log" >&2 && return 1; }
    umount "$new/proc"
    rm -rf "$new"/usr/sbin/policy-rc.d "$new"/var/lib/apt/lists/* "$new"/var/cache/apt/* "$new"/etc/ssh/ssh_host_* \
        "$new"/etc/apt/apt.conf.d/99mmdebstrap
    : >"$new/etc/machine-id"
    touch "$new/etc/.updated" "$new/var/.updated"
}

# apt_from_outside OPTIONS WORD…: runs apt-get with this machine's access to the package sources.
apt_from_outside() {
    env -u TMPDIR LC_ALL=C APT_CONFIG="$1" DEBIAN_FRONTEND=noninteractive apt-get --yes -qq "${@:2}" </dev/null
}

# base_recipe_of SUITE, recipe_of ROOT: print everything that decides what is in it.
base_recipe_of() {
    printf '%s\n' "$1" "$common_packages" "$quiet_units"
    declare -f debian_base
}

recipe_of() {
    local server
    server=$(server_of_root "$1")
    rows "$lab/roots" | awk -v name="$1" '$1 == name'
    printf '%s\n' "$(of "$server" packages)" "$(of "$server" debconf)"
    base_recipe_of "$(suite_of_root "$1")"
    declare -f debian_server
}

# suite_of_root ROOT
suite_of_root() {
    rows "$lab/roots" | awk -v name="$1" '$1 == name { print $2 }'
}

# server_of_root ROOT: the mail server that is installed in it.
server_of_root() {
    rows "$lab/roots" | awk -v name="$1" '$1 == name { print $3 }'
}
