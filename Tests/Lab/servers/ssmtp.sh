# sSMTP, as Debian's installer leaves it: it sends everything to one host. It keeps no queue and runs no daemon.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by lib/recipe.sh
ssmtp_packages="ssmtp"
# Without a name, its postinst asks `hostname --fqdn`, and fails if that has no answer.
ssmtp_debconf="ssmtp ssmtp/root string postmaster
ssmtp ssmtp/mailhub string mx.internet.test
ssmtp ssmtp/hostname string built.$domain
ssmtp ssmtp/fromoverride boolean true"

ssmtp_identity() {
    sed -i "s/^hostname=.*/hostname=$2/" "$1/etc/ssmtp/ssmtp.conf"
}
