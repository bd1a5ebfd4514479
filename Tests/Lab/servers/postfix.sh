# Postfix, as Debian's installer leaves an "Internet Site" with the host's names, listening on loopback only.
# shellcheck shell=bash

postfix_packages="postfix libsasl2-modules"
postfix_debconf="postfix postfix/main_mailer_type select Internet Site
postfix postfix/mailname string built.$domain"

postfix_identity() {
    local host=$1 fqdn=$2
    mkdir -p "$host/var/spool/postfix/etc"
    cp "$host/etc/resolv.conf" "$host/etc/hosts" "$host/var/spool/postfix/etc/"
    sed -i -e "s/^myhostname = .*/myhostname = $fqdn/" \
        -e "s/^mydestination = .*/mydestination = \$myhostname, $fqdn, localhost.$domain, localhost/" \
        -e 's/^inet_interfaces = .*/inet_interfaces = loopback-only/' "$host/etc/postfix/main.cf"
}

# The service is up before Postfix takes mail.
postfix_is_ready() {
    [[ -S $1/var/spool/postfix/public/pickup ]]
}
