# nullmailer, as Debian's installer leaves it: it sends everything to a smarthost of the internet by address. Mail for
# the host itself goes there too.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by lib/recipe.sh
nullmailer_packages="nullmailer"
nullmailer_debconf="nullmailer shared/mailname string built.$domain
nullmailer nullmailer/relayhost string mx.internet.test
nullmailer nullmailer/defaultdomain string $domain"

nullmailer_identity() {
    echo "$2" >"$1/etc/nullmailer/me"
}

# The service has made the pipe that wakes it.
nullmailer_is_ready() {
    [[ -p $1/var/spool/nullmailer/trigger ]]
}
