# DirectAdmin: its version, the files that its exim.conf includes, and what the next build would make exim.conf from.
# Exim's own facts have exim.conf. Reads only.

panel directadmin /usr/local/directadmin/directadmin

directadmin_version() { # `v` is what older ones know, `version` what newer ones do
    /usr/local/directadmin/directadmin v || /usr/local/directadmin/directadmin version
}

directadmin_template() { # includes of a template that an administrator keeps instead of the vendor's
    f=/usr/local/directadmin/custombuild/custom/exim/exim.conf
    [ -f "$f" ] || return 1
    sed -n 's/^[[:blank:]]*\.include_if_exists[[:blank:]]*//p' "$f"
}

directadmin_facts() {
    [ -e /usr/local/directadmin/directadmin ] || return 0
    ask directadmin.version directadmin_version
    ask directadmin.template directadmin_template
    ask directadmin.flags lsattr -d /etc/exim.routers.pre.conf /etc/exim.transports.pre.conf \
        /etc/exim.authenticators.post.conf
    for f in /etc/exim.routers.pre.conf /etc/exim.transports.pre.conf /etc/exim.authenticators.post.conf; do
        file "$f"
    done
}
asks directadmin_facts
