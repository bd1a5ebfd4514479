# OpenSMTPD, as Debian's package leaves it: loopback only, local domains delivered, everything else relayed directly.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by lib/recipe.sh
opensmtpd_packages="opensmtpd"
opensmtpd_debconf="opensmtpd opensmtpd/mailname string built.$domain
opensmtpd opensmtpd/root_address string "

# Its maildirs are the users' own, and it delivers nothing to root.
opensmtpd_identity() {
    grep -q '^alice:' "$1/etc/passwd" || chroot "$1" useradd --create-home alice
    sed -i '/^root:/d' "$1/etc/aliases"
    echo 'root: alice' >>"$1/etc/aliases"
}
