# Sendmail, as Debian's packages leave it on a host that can log in elsewhere, listening on loopback only.
# shellcheck shell=bash

sendmail_packages="sendmail sendmail-bin sendmail-base sendmail-cf m4 make libsasl2-modules openssl"
sendmail_debconf=""

sendmail_identity() {
    local host=$1 fqdn=$2
    echo "$fqdn" >>"$host/etc/mail/local-host-names"
    # Installed where no systemd ran, Debian 13's package leaves its service off.
    chroot "$host" systemctl --quiet enable sendmail 2>/dev/null
}
