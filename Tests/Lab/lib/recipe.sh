# What is in a Debian root. A change of this file makes all roots anew: how they are kept stands in root.sh.
# shellcheck shell=bash

# What every root has. Mail servers take their Debian defaults ("Internet Site") and each host its names at `lab up`.
common_packages="systemd systemd-sysv dbus openssh-server postfix libsasl2-modules ca-certificates sudo iproute2 procps"

# What would change a host's files behind a test's back, and consoles that nobody looks at.
quiet_units="apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
    logrotate.timer systemd-tmpfiles-clean.timer console-getty.service"

# debian_root FOLDER SUITE SOURCES APT-OPTIONS [PACKAGES]
debian_root() {
    local new=$1 suite=$2 sources=$3 options=$4 extra=${5:-}
    # shellcheck disable=SC2016  # mmdebstrap's hooks expand $1 themselves
    mmdebstrap --quiet --mode=root --variant=minbase --aptopt="$options" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='force-unsafe-io' --include="${common_packages// /,}${extra:+,${extra// /,}}" \
        --essential-hook='printf "%s\n" "postfix postfix/main_mailer_type select Internet Site" \
            "postfix postfix/mailname string built.'"$domain"'" | chroot "$1" debconf-set-selections' \
        --customize-hook='chroot "$1" systemctl --quiet mask '"${quiet_units//$'\n'/ }" \
        --customize-hook='chroot "$1" sh -c "
            rm -f /etc/ssh/ssh_host_* /etc/apt/apt.conf.d/99mmdebstrap
            : >/etc/machine-id
            touch /etc/.updated /var/.updated"' \
        "$suite" "$new" "$sources" >&2
    chmod 0755 "$new"
}
