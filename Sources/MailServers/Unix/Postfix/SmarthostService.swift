import MTAPlan

/// The service in master.cf that mail to one smarthost takes: its TLS, its login, and nobody else's.
///
/// With a service of its own a login is offered to no other server, and no other mail has to be encrypted.
struct SmarthostService: Sendable, Hashable {
    /// Whose login it uses.
    enum Logins: Sendable, Hashable {
        /// The smarthost's own, or none.
        case smarthost
        /// One for each sender that has a login in the playbook.
        case senders
        /// Those of a file on the host that others maintain; senders that are not in it use the smarthost's own.
        case file(String)
    }

    let smarthost: Smarthost
    let logins: Logins

    /// As in the first column of master.cf.
    var name: String {
        switch logins {
        case .smarthost: "mtactl-\(smarthost.name)"
        case .senders: "mtactl-\(smarthost.name)-senders"
        case .file: "mtactl-\(smarthost.name)-file"
        }
    }

    /// The places to try, as tables and `default_transport` have them: `[a.example]:587,[b.example]:587`.
    var nextHop: String { smarthost.nextHops.joined(separator: ",") }

    /// What tables and `default_transport` hold: `mtactl-filter:[a.example]:587`.
    var route: String { "\(name):\(nextHop)" }

    var hasLogin: Bool { smarthost.login != nil || logins != .smarthost }

    /// The table of logins that this service has of its own.
    func loginFile(in folder: String) -> String {
        let part = logins == .senders ? "\(smarthost.name)_senders" : smarthost.name
        return "\(folder)/mtactl_\(part)_login"
    }

    /// The service's lines in master.cf.
    ///
    /// Each option is on a line of its own; what the host's own `smtp` service has of its own is taken over.
    func lines(on host: PostfixHost, tableType: String) -> [String] {
        let options = options(on: host, tableType: tableType)
        let names = Set(options.map(\.name))
        let arguments = host.inherited(but: names) + options.map { .option(name: $0.name, value: $0.value) }
        return [host.clientLine(name)] + arguments.map { "  \($0)" }
    }

    private func options(on host: PostfixHost, tableType: String) -> [(name: String, value: String)] {
        var options: [(name: String, value: String)] = [
            ("syslog_name", "postfix/\(name)"),
            ("smtp_tls_security_level", smarthost.tls.level(port: smarthost.port)),
            ("smtp_tls_wrappermode", smarthost.port == 465 && smarthost.tls != .none ? "yes" : "no"),
            ("smtp_tls_loglevel", "1"),
            // A row of the host's policy table for this next hop would win over the level above.
            ("smtp_tls_policy_maps", ""),
            // Mail that the smarthost does not take now is to wait, not to leave by another way.
            ("smtp_fallback_relay", ""),
        ]
        if smarthost.tls == .verified {
            // Only the name that was asked for, not also its subdomains: postconf(5), smtp_tls_secure_cert_match.
            options.append(("smtp_tls_secure_cert_match", "nexthop"))
            // The host's own may have nothing but a company's authority in it.
            if let bundle = host.lines("postfix.bundles").first,
                !host.lines("postfix.bundles").contains(host.own("smtp_tls_CAfile"))
            {
                options.append(("smtp_tls_CAfile", bundle))
            }
        }
        options += neutralised(on: host)
        return options + loginOptions(on: host, tableType: tableType)
    }

    private func loginOptions(on host: PostfixHost, tableType: String) -> [(name: String, value: String)] {
        guard hasLogin else { return [("smtp_sasl_auth_enable", "no")] }
        let own = "\(tableType):\(loginFile(in: host.folder))"
        let tables =
            switch logins {
            case .smarthost, .senders: own
            case .file(let table): smarthost.login == nil ? table : "\(table),\(own)"
            }
        return [
            ("smtp_sasl_auth_enable", "yes"),
            ("smtp_sasl_password_maps", tables),
            // A password crosses the network in clear text only where the playbook asks for no TLS at all.
            ("smtp_sasl_security_options", smarthost.tls == .none ? "noanonymous" : "noplaintext,noanonymous"),
            ("smtp_sasl_tls_security_options", "noanonymous"),
            ("smtp_sender_dependent_authentication", logins == .smarthost ? "no" : "yes"),
        ]
    }

    /// What the host sets for all mail and would make another thing of this service.
    private func neutralised(on host: PostfixHost) -> [(name: String, value: String)] {
        [
            ("smtp_sasl_mechanism_filter", ""), ("smtp_sasl_password_result_delimiter", ":"), ("smtp_tls_per_site", ""),
            // tlsproxy(8) reads authorities before it is jailed for its own settings alone, not for a client's.
            ("smtp_tls_connection_reuse", "no"),
        ].filter { host.setting($0.0) != nil }
    }
}

extension Smarthost {
    /// In brackets there is no MX lookup: postconf(5), relayhost.
    var nextHops: [String] { hosts.map { "[\($0)]:\(port)" } }
}

extension TLSPolicy {
    /// The level for a port; with TLS from the first byte (465) `may` is not possible: postconf(5).
    fileprivate func level(port: Int) -> String {
        switch self {
        case .none: "none"
        case .opportunistic: port == 465 ? "encrypt" : "may"
        case .required: "encrypt"
        case .verified: "secure"
        }
    }
}

extension MasterCF.Service.Argument: CustomStringConvertible {
    /// As in master.cf; a value with white space needs braces, which Postfix 3.0 and later understand.
    var description: String {
        switch self {
        case .other(let word): word
        case .option(let name, let value):
            value.utf8.contains(where: \.isBlank) ? "-o { \(name) = \(value) }" : "-o \(name)=\(value)"
        }
    }
}
