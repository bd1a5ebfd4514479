# Sendmail, as Debian's packages leave it on a host that can log in elsewhere, listening on loopback only.
# shellcheck shell=bash

sendmail_packages="sendmail sendmail-bin sendmail-base sendmail-cf m4 make libsasl2-modules openssl"
sendmail_debconf=""

sendmail_identity() {
    local host=$1 fqdn=$2
    echo "$fqdn" >>"$host/etc/mail/local-host-names"
    # Booting a fleet loads the machine: with the default limits, Sendmail would leave mail to a later queue run.
    sed -i "s/^MAILER_DEFINITIONS/define(\`confQUEUE_LA', \`1000')dnl\ndefine(\`confREFUSE_LA', \`1000')dnl\n&/" \
        "$host/etc/mail/sendmail.mc"
    sed -i "s/^FEATURE(\`msp'/define(\`confQUEUE_LA', \`1000')dnl\n&/" "$host/etc/mail/submit.mc"
    touch -t 200001010000 "$host/etc/mail/sendmail.cf" "$host/etc/mail/submit.cf"
    chroot "$host" make -C /etc/mail /etc/mail/sendmail.cf /etc/mail/submit.cf >/dev/null 2>&1
    # If it is installed without systemd running, Debian 13's package does not enable its service.
    chroot "$host" systemctl --quiet enable sendmail 2>/dev/null
}
