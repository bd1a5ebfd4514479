import MTAPlan

/// The service for mail that is to go direct, where the host's own `smtp` service is made for the relay that it had.
///
/// What is set for a relay does harm elsewhere: TLS from the first byte finds nobody on port 25, mandatory TLS loses mail for
/// servers without, a login that is for any server is offered to strangers, and without DNS there is no mail exchanger.
struct DirectService: Sendable, Hashable {
    static let name = "mtactl-direct"

    /// What of the host's own settings does not suit mail that goes direct, and what takes its place.
    private let options: [Option]

    private struct Option: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// `nil` where the host's `smtp` service is as good: it suits direct mail, or mail went direct through it before.
    init?(on host: PostfixHost) {
        guard host.hadRelay else { return nil }
        let value = { (name: String) in host.client?.option(name).map(host.own.expanded) ?? host.own(name) }
        var options: [Option] = []
        let replace = { (name: String, by: String, isUnfit: Bool) in
            if isUnfit { options.append(Option(name: name, value: by)) }
        }
        replace("smtp_tls_wrappermode", "no", value("smtp_tls_wrappermode") == "yes")
        let levels = ["encrypt", "verify", "secure", "fingerprint", "dane-only"]
        replace("smtp_tls_security_level", "may", levels.contains(value("smtp_tls_security_level")))
        replace("smtp_enforce_tls", "no", value("smtp_enforce_tls") == "yes")
        let logsIn = value("smtp_sasl_auth_enable") == "yes"
        replace("smtp_sasl_auth_enable", "no", logsIn && Self.isForAny(value))
        replace("disable_dns_lookups", "no", value("disable_dns_lookups") == "yes")
        let isBlind = value("smtp_dns_support_level") == "disabled"
        replace("smtp_dns_support_level", "enabled", isBlind)
        replace("smtp_host_lookup", "dns", value("smtp_host_lookup") == "native")
        if options.isEmpty { return nil }
        self.options = options
    }

    /// Whether some table of logins answers for servers that nobody wrote down.
    private static func isForAny(_ value: (String) -> String) -> Bool {
        if value("smtp_sender_dependent_authentication") == "yes" { return true }
        return MapList.texts(value("smtp_sasl_password_maps")).contains { item in
            let bare = item.hasPrefix("proxy:") ? String(item.dropFirst("proxy:".count)) : item
            return !["hash", "btree", "lmdb", "cdb", "texthash", "dbm", "sdbm"].contains(MapList.table(bare)?.type)
        }
    }

    /// The service's lines in master.cf.
    func lines(on host: PostfixHost) -> [String] {
        let own = [MasterCF.Service.Argument.option(name: "syslog_name", value: "postfix/\(Self.name)")]
        let names = Set(options.map(\.name) + ["syslog_name"])
        return [host.clientLine(Self.name)]
            + (host.inherited(but: names) + own
            + options.map {
                .option(name: $0.name, value: $0.value)
            }).map { "  \($0)" }
    }

    /// What is said of it.
    var note: String {
        "the host's `smtp` service is set up for the relay that it had, so mail that goes direct takes `\(Self.name)`, with "
            + options.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }
}

extension PostfixHost {
    /// The first line of a service like the host's own `smtp`.
    func clientLine(_ name: String) -> String {
        "\(name) unix - - \(client?.chroot ?? "-") - \(client?.processes ?? "-") smtp"
    }

    /// What the host's own `smtp` service has of its own, but for these settings.
    func inherited(but names: Set<String>) -> [MasterCF.Service.Argument] {
        (client.map { $0.command == "smtp" ? $0.arguments : [] } ?? []).filter { argument in
            if case .option(let name, _) = argument { !names.contains(name) } else { true }
        }
    }

    /// Whether mail that nothing names went to a relay before.
    var hadRelay: Bool {
        let transport = PostfixRoute(own("default_transport"), "")
        return !transport.nextHop.isEmpty || !own("relayhost").isEmpty
            || !own("sender_dependent_relayhost_maps").isEmpty
    }
}
