# cPanel: what an administrator added to its Exim, and what it makes Exim's configuration from. Exim's own facts have the
# generated file. Reads only.

panel cpanel /usr/local/cpanel/version

cpanel_around() { # lines of the template about the marks of the sections that we use
    for f in /usr/local/cpanel/etc/exim/distconfig/exim.conf.dist /etc/exim.conf.dist; do
        [ -f "$f" ] || continue
        grep -B 4 -A 4 -e '^@AUTH@' -e '^@ROUTERSTART@' -e '^@POSTMAILCOUNT@' -e '^@TRANSPORTSTART@' "$f"
        return
    done
    return 1
}

cpanel_strange() { # drivers and ACLs of exim.conf that nothing has that it is made from
    {
        grep -rhsoE '^[[:blank:]]*[A-Za-z0-9_]+:' /usr/local/cpanel/etc/exim /etc/exim.conf.dist /etc/exim.conf.local
        echo '='
        grep -oE '^[A-Za-z0-9_]+:[[:blank:]]*$' /etc/exim.conf
    } | tr -d ' \t' | awk '/^=$/ { there = 1; next } !there { known[$0]; next } !($0 in known)'
}

cpanel_facts() {
    [ -e /usr/local/cpanel/version ] || return 0
    ask cpanel.version cat /usr/local/cpanel/version
    ask cpanel.build ls /usr/local/cpanel/scripts/buildeximconf /usr/local/cpanel/scripts/restartsrv_exim
    # Of the Basic Editor's settings only these: others may be passwords.
    ask cpanel.settings sed -n -e '/^smarthost_routelist=/p' -e '/^rewrite_from=/p' /etc/exim.conf.localopts
    ask cpanel.template cpanel_around
    ask cpanel.strange cpanel_strange
    ask cpanel.keys stat -L -c '%a %U %G' /var/cpanel/domain_keys/private
    ask cpanel.flags lsattr -d /etc/exim.conf.local /etc/exim.conf
    file /etc/exim.conf.local
}
asks cpanel_facts
