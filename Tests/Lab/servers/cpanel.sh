# A stand-in for cPanel & WHM around a real Exim, made from its public documentation: where it keeps what, and how it
# regenerates exim.conf. example.com is hosted and has a DKIM key; hosted.test is hosted and has none.
#
# Sources: docs.cpanel.net, "Exim Configuration Manager" (Basic and Advanced Editor), "How to Configure the Exim Outgoing
# IP Address", "The buildeximconf script"; api.docs.cpanel.net, validate_current_installed_exim_config; the seeds.
# shellcheck shell=bash

cpanel_identity() {
    local host=$1 fqdn=$2 mail
    mail=$(awk -F: '$1 == "mail" { print $3 }' "$host/etc/group")
    chroot "$host" useradd --system --no-create-home --gid mail --shell /usr/sbin/nologin mailnull
    mkdir -p "$host"/usr/local/cpanel/{scripts,etc/exim/distconfig,etc/exim/perl} \
        "$host"/var/cpanel/{domain_keys/private,email_send_counts} "$host/etc/valiases"
    echo 11.138.0.10 >"$host/usr/local/cpanel/version"
    install -m 0755 "$lab"/servers/cpanel/{buildeximconf,restartsrv_exim} "$host/usr/local/cpanel/scripts/"
    ln -s /usr/local/cpanel/scripts "$host/scripts"
    install -m 0644 "$lab/servers/cpanel/exim.conf.dist" "$host/usr/local/cpanel/etc/exim/distconfig/"
    install -m 0644 "$lab/servers/cpanel/hourly_limits.pl" "$host/usr/local/cpanel/etc/exim/perl/"
    install -m 0644 "$lab/servers/cpanel/exim.conf.local" "$lab/servers/cpanel/exim.conf.localopts" "$host/etc/"

    printf '%s\n' "$fqdn" localhost example.com hosted.test >"$host/etc/localdomains"
    : >"$host/etc/secondarymx"
    echo '*: root' >"$host/etc/valiases/example.com"
    echo '*: root' >"$host/etc/valiases/hosted.test"
    panel_exim "$host" /etc/exim.conf mailnull:mail /var/log
    touch "$host"/var/log/exim_{main,reject,panic}log
    chroot "$host" sh -c 'chown mailnull:mail /var/log/exim_*log && chmod 0640 /var/log/exim_*log'
    chgrp "$mail" "$host/var/cpanel/domain_keys/private" "$host/var/cpanel/email_send_counts"
    chmod 0750 "$host/var/cpanel/domain_keys/private"
    chmod 0770 "$host/var/cpanel/email_send_counts"
    panel_key "$host/var/cpanel/domain_keys/private/example.com" "$mail"
    chroot "$host" /usr/local/cpanel/scripts/buildeximconf >/dev/null
}

cpanel_is_ready() {
    grep -q 'daemon started' "$1/var/log/exim_mainlog" 2>/dev/null
}
