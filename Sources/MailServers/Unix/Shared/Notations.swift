package import MTAPlan

// How each server's files are written, and which of their settings say nothing that has to be hidden. What a name stands for
// is shown word by word even so: a word that nobody knows is `…`.

extension Postfix {
    package func notation(of path: String) -> Notation {
        let name = path.split(separator: "/").last ?? ""
        if name.hasPrefix("mtactl_") { return name.contains("_login") ? .unknown : Notation(.rows) }
        if name == "master.cf" { return Notation(.services, continuation: .leadingBlank, harmless: Self.harmless) }
        return Notation(.settings(divider: 0x3D), continuation: .leadingBlank, harmless: Self.harmless)
    }

    /// Source: postconf(5).
    private static let harmless = Set(
        """
        alias_database alias_maps append_dot_mydomain biff bounce_queue_lifetime command_directory
        compatibility_level content_filter daemon_directory data_directory default_database_type default_transport
        delay_warning_time disable_vrfy_command home_mailbox inet_interfaces inet_protocols local_recipient_maps
        local_transport mail_owner mail_spool_directory mailbox_command mailbox_size_limit mailq_path
        maximal_queue_lifetime message_size_limit milter_default_action mydestination mydomain myhostname mynetworks
        mynetworks_style myorigin newaliases_path non_smtpd_milters queue_directory readme_directory
        recipient_canonical_maps recipient_delimiter relay_domains relay_transport relayhost sample_directory
        sender_canonical_classes sender_canonical_maps sender_dependent_default_transport_maps
        sender_dependent_relayhost_maps sendmail_path setgid_group smtp_bind_address smtp_helo_name
        smtp_sasl_auth_enable smtp_sasl_security_options smtp_sasl_tls_security_options
        smtp_sender_dependent_authentication
        smtp_tls_CAfile smtp_tls_CApath smtp_tls_loglevel smtp_tls_security_level
        smtp_tls_session_cache_database smtp_tls_wrappermode smtp_use_tls smtpd_banner smtpd_client_restrictions
        smtpd_data_restrictions smtpd_helo_restrictions smtpd_milters smtpd_recipient_restrictions
        smtpd_relay_restrictions smtpd_sasl_auth_enable smtpd_sasl_path smtpd_sasl_type smtpd_sender_restrictions
        smtpd_tls_auth_only smtpd_tls_loglevel smtpd_tls_security_level smtpd_tls_session_cache_database smtpd_use_tls
        strict_rfc821_envelopes syslog_name transport_maps virtual_alias_domains virtual_alias_maps
        virtual_mailbox_domains virtual_transport
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
    )
}

extension Exim {
    package func notation(of path: String) -> Notation { .exim(path) }
}

extension EximPanel {
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

extension Sendmail {
    package func notation(of path: String) -> Notation {
        if path == OwnSendmailTable.logins { return .unknown }
        if path == OwnSendmailTable.routes { return Notation(.rows) }
        return Notation(.macros, comments: ["dnl", "#"], harmless: Self.harmless)
    }

    /// Source: cf/README.
    private static let harmless = Set(
        """
        SMART_HOST LOCAL_RELAY MAIL_HUB LUSER_RELAY RELAY_MAILER_ARGS ESMTP_MAILER_ARGS confDOMAIN_NAME confPRIVACY_FLAGS
        confSMTP_LOGIN_MSG confDELIVERY_MODE confMAX_MESSAGE_SIZE mailertable access_db virtusertable genericstable
        domaintable masquerade_envelope allmasquerade always_add_domain nouucp no_default_msa smrsh use_cw_file
        use_ct_file local_procmail redirect nullclient smtp local procmail uucp
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
    )
}

extension Qmail {
    package func notation(of path: String) -> Notation {
        let name = path.split(separator: "/").last ?? ""
        return name == "smtproutes" ? Notation(.routes) : .unknown
    }
}

extension OpenSMTPD {
    package func notation(of path: String) -> Notation {
        if path.hasSuffix("smtpd-mtactl-logins") { return .unknown }
        return Notation(
            .statements,
            continuation: .backslash,
            harmless: ["listen", "table", "action", "match", "include", "queue", "pki", "ca", "bounce"]
        )
    }
}

extension Nullmailer {
    package func notation(of path: String) -> Notation {
        Notation(.options, harmless: ["port", "auth-login", "source", "x509cafile"])
    }
}

extension Msmtp {
    package func notation(of path: String) -> Notation {
        Notation(
            .settings(divider: 0x20),
            harmless: [
                "account", "auth", "defaults", "domain", "from", "host", "logfile", "maildomain", "port", "protocol",
                "syslog", "timeout", "tls", "tls_certcheck", "tls_starttls", "tls_trust_file", "aliases",
                "allow_from_override", "set_from_header",
            ]
        )
    }
}

extension DMA {
    package func notation(of path: String) -> Notation {
        if path.hasSuffix("auth.conf") { return .unknown }
        return Notation(
            .settings(divider: 0x20),
            harmless: ["SMARTHOST", "PORT", "ALIASES", "SPOOLDIR", "AUTHPATH", "CERTFILE", "MAILNAME", "MASQUERADE"]
        )
    }
}

extension SSMTP {
    package func notation(of path: String) -> Notation {
        Notation(
            .settings(divider: 0x3D),
            harmless: [
                "root", "mailhub", "rewriteDomain", "hostname", "FromLineOverride", "UseTLS", "UseSTARTTLS",
                "AuthMethod",
            ]
        )
    }
}
