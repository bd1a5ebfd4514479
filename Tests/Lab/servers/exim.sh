# Exim, as Debian's installer leaves an "internet site" with the host's names, listening on loopback only.
#
# `exim` is not split, `exim-split` is; `exim-one-file` has upstream's own example in /etc/exim4/exim4.conf, which wins.
# shellcheck shell=bash

# shellcheck disable=SC2034 # recipe.sh reads it
exim_packages="exim4-daemon-heavy"

# exim_debian HOST FQDN TRUE|FALSE: the answers to the installer's questions.
exim_debian() {
    sed -i -e "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='internet'/" \
        -e "s/^dc_other_hostnames=.*/dc_other_hostnames='$2'/" \
        -e "s/^dc_use_split_config=.*/dc_use_split_config='$3'/" "$1/etc/exim4/update-exim4.conf.conf"
    chroot "$1" update-exim4.conf
}

exim_identity() { exim_debian "$1" "$2" false; }

exim_split_identity() { exim_debian "$1" "$2" true; }

exim_one_file_identity() {
    exim_debian "$1" "$2" false
    sed -e '/^# *local_interfaces/d' -e 's/^# *\(group = mail\|mode = 0660\)$/  \1/' -e '/^acl_smtp_rcpt/i local_interfaces = <; 127.0.0.1 ; ::1' \
        "$1/usr/share/doc/exim4-base/examples/example.conf" >"$1/etc/exim4/exim4.conf"
    chroot "$1" chown root:Debian-exim /etc/exim4/exim4.conf
    chmod 0640 "$1/etc/exim4/exim4.conf"
}

# The daemon logs when it listens.
exim_is_ready() { grep -qs 'exim .* daemon started' "$1/var/log/exim4/mainlog"; }
exim_split_is_ready() { exim_is_ready "$@"; }
exim_one_file_is_ready() { exim_is_ready "$@"; }
