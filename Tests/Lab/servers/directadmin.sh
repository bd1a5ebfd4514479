# A stand-in for DirectAdmin around a real Exim, made from its public documentation: where it keeps what, which files
# its exim.conf includes, and how CustomBuild regenerates it. example.com is hosted and has a DKIM key; hosted.test is
# hosted and has none.
#
# Sources: docs.directadmin.com, "The DirectAdmin binary", "Exim" (customising exim.conf, smart host), CustomBuild; the
# vendor's smart_route template; the seeds.
# shellcheck shell=bash

directadmin_identity() {
    local host=$1 fqdn=$2 mail domain
    mail=$(awk -F: '$1 == "mail" { print $3 }' "$host/etc/group")
    mkdir -p "$host"/usr/local/directadmin/custombuild/{configure/exim,custom} "$host/etc/virtual/usage"
    install -m 0755 "$lab/servers/directadmin/directadmin" "$host/usr/local/directadmin/directadmin"
    ln -s /usr/local/directadmin/directadmin "$host/usr/local/bin/da"
    install -m 0755 "$lab/servers/directadmin/build" "$host/usr/local/directadmin/custombuild/build"
    install -m 0644 "$lab"/servers/directadmin/{exim.conf,exim.pl,exim.dkim.conf} \
        "$host/usr/local/directadmin/custombuild/configure/exim/"
    install -m 0644 "$lab/servers/directadmin/exim.dkim.conf" "$host/etc/exim.dkim.conf"

    printf '%s\n' "$fqdn" localhost example.com hosted.test >"$host/etc/virtual/domains"
    printf '%s: alice\n' example.com hosted.test >"$host/etc/virtual/domainowners"
    echo 0 >"$host/etc/virtual/limit"
    for domain in example.com hosted.test; do
        mkdir "$host/etc/virtual/$domain"
        echo '*: root' >"$host/etc/virtual/$domain/aliases"
    done
    panel_exim "$host" /etc/exim.conf mail:mail /var/log/exim
    chroot "$host" chown mail:mail /var/log/exim /etc/virtual/usage
    chmod 0770 "$host/etc/virtual/usage"
    panel_key "$host/etc/virtual/example.com/dkim.private.key" "$mail"
    chroot "$host" /usr/local/directadmin/directadmin build exim_conf >/dev/null
}

directadmin_is_ready() {
    grep -q 'daemon started' "$1/var/log/exim/mainlog" 2>/dev/null
}
