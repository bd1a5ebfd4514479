package import MTAPlan

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
