package import MTAPlan

extension Exim {
    package func notation(of path: String) -> Notation { .exim(path) }
}

extension Notation {
    static func exim(_ path: String) -> Notation {
        let name = path.split(separator: "/").last ?? ""
        if name.hasPrefix("mtactl_") {
            return name.hasSuffix(EximLookupFile.Name.logins.rawValue) ? .unknown : Notation(.rows)
        }
        return Notation(.settings(divider: 0x3D), continuation: .backslash, harmless: eximHarmless)
    }

    /// Source: Exim specification, chapters 14 to 24 and 30.
    static let eximHarmless = Set(
        """
        allow_fail allow_filter check_local_user condition connection_max_messages debug_print
        dc_eximconfig_configtype dc_hide_mailname
        dc_local_interfaces dc_localdelivery dc_mailname_in_oh dc_minimaldns dc_other_hostnames dc_readhost
        dc_relay_domains dc_relay_nets dc_smarthost dc_use_split_config dkim_canon dkim_domain dkim_identity dkim_selector
        dkim_sign_headers dkim_strict dkim_timestamps domains driver fallback_hosts file_transport
        headers_remove helo_data host_find_failed host_lookup hosts hosts_require_auth hosts_require_tls
        hosts_try_auth hosts_try_chunking ignore_target_hosts interface local_parts max_rcpt message_linelength_limit more
        multi_domain never_users no_more pipe_transport port primary_hostname protocol public_name qualify_domain
        redirect_router require_files route_list same_domain_copy_routing
        self senders server_advertise_condition tls_dh_min_bits tls_require_ciphers tls_resumption_hosts
        tls_tempfail_tryclear tls_verify_certificates tls_verify_hosts transport user group
        hostlist domainlist local_domains relay_to_domains relay_from_hosts
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
    )
}
