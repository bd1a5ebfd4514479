# Exchange 2003's directory: OpenLDAP with the two classes that matter (exchange/2003), as a domain controller with Windows
# 2003 shows them. Windows 2003 has no sshd: a client goes through another host's, such as `windows`.
# shellcheck shell=bash

exchange_2003_packages="slapd ldap-utils"
exchange_2003_debconf="slapd slapd/no_configuration boolean true"

exchange_2003_identity() {
    local host=$1 folder=/etc/ldap/exchange-2003
    mkdir -p "$host$folder" "$host/var/lib/exchange-2003"
    cp "$lab"/exchange/2003/* "$host$folder/"
    # shellcheck disable=SC2154  # windows.sh has it
    sed -i "s/@PASSWORD@/$windows_password/" "$host$folder/tree.ldif"
    chroot "$host" slapadd -q -f "$folder/slapd.conf" -l "$folder/tree.ldif"
    chroot "$host" chown -R openldap:openldap /var/lib/exchange-2003
    printf '%s\n' '[Unit]' 'Description=Active Directory' '[Service]' \
        "ExecStart=/usr/sbin/slapd -d 0 -u openldap -g openldap -f $folder/slapd.conf -h ldap:///" \
        '[Install]' 'WantedBy=multi-user.target' >"$host/etc/systemd/system/directory.service"
    ln -sf /etc/systemd/system/directory.service "$host/etc/systemd/system/multi-user.target.wants/directory.service"
    chroot "$host" systemctl --quiet mask slapd.service
}

exchange_2003_is_ready() { [[ -s $1/var/lib/exchange-2003/slapd.pid ]]; }
