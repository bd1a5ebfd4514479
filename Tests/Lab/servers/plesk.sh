# A stand-in for Plesk around a real Postfix: the version file, the maps that Plesk writes and the settings that name them,
# as far as they are documented or seen in public repositories. It does not have the panel's own programs.
# shellcheck shell=bash

plesk_identity() {
    local host=$1 fqdn=$2 maps=$1/var/spool/postfix/plesk
    postfix_identity "$host" "$fqdn"
    mkdir -p "$host/usr/local/psa" "$maps"
    echo '18.0.61 Debian 12 1800240509.10' >"$host/usr/local/psa/version"
    echo 'customer.example plesk_virtual:' >"$maps/transport"
    echo 'customer.example 1' >"$maps/virtual_domains"
    echo 'someone@customer.example customer.example/someone/Maildir/' >"$maps/vmailbox"
    # postmap needs /dev/null, which does not exist before the host boots.
    printf '%s\n' '[Unit]' 'Before=postfix@-.service' '[Service]' 'Type=oneshot' \
        "ExecStart=/usr/sbin/postmap hash:/var/spool/postfix/plesk/transport hash:/var/spool/postfix/plesk/virtual_domains hash:/var/spool/postfix/plesk/vmailbox" \
        '[Install]' 'WantedBy=multi-user.target' >"$host/etc/systemd/system/plesk-maps.service"
    ln -sf /etc/systemd/system/plesk-maps.service "$host/etc/systemd/system/multi-user.target.wants/"
    printf '%s\n' 'transport_maps = , hash:/var/spool/postfix/plesk/transport' \
        'virtual_mailbox_domains = $virtual_mailbox_maps, hash:/var/spool/postfix/plesk/virtual_domains' \
        'virtual_mailbox_maps = hash:/var/spool/postfix/plesk/vmailbox' 'virtual_mailbox_base = /var/qmail/mailnames' \
        'virtual_uid_maps = static:30' 'virtual_gid_maps = static:31' 'virtual_minimum_uid = 30' >>"$host/etc/postfix/main.cf"
    echo 'plesk_virtual unix - n n - - virtual' >>"$host/etc/postfix/master.cf"
    install -d -m 0770 -o 30 -g 31 "$host/var/qmail/mailnames"
}

plesk_is_ready() { postfix_is_ready "$1" && [[ -e $1/var/spool/postfix/plesk/vmailbox.db ]]; }
