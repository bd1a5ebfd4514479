# msmtp as `sendmail`, with an /etc/msmtprc such as administrators write: everything to a smarthost of the internet.
# Debian's package has none. Only root and the group msmtp can read it, so only they may know a password in it, and only they send mail.
# It keeps no queue and runs no daemon.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by lib/recipe.sh
msmtp_packages="msmtp msmtp-mta"
msmtp_debconf="msmtp msmtp/sysconfig boolean false
msmtp msmtp/apparmor boolean false"

msmtp_identity() {
    printf '%s\n' '# Mail of this host' 'defaults' 'syslog LOG_MAIL' '' 'account default' 'host mx.internet.test' \
        'port 25' "domain $2" >"$1/etc/msmtprc"
    chroot "$1" chown root:msmtp /etc/msmtprc
    chmod 0640 "$1/etc/msmtprc"
}
