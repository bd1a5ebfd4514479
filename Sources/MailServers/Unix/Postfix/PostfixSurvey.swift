import MTAPlan

/// How mail leaves a host with Postfix today.
///
/// Source: postconf(5): transport_maps before sender_dependent_default_transport_maps before default_transport;
/// relayhost where these give no next hop.
struct PostfixSurvey {
    private let facts: Facts
    private let values: [String: String]

    init(_ facts: Facts) {
        self.facts = facts
        values = PostfixHost.values(in: facts)
    }

    var survey: Survey {
        // A survey shows what can be determined; a plan says why it cannot be made.
        guard let host = try? PostfixHost(facts) else {
            return Survey(
                defaultRoute: values["relayhost"].flatMap { $0.isEmpty ? nil : $0 } ?? "direct",
                queued: queued
            )
        }
        let transport = host.main.value(of: "default_transport") ?? "smtp"
        let (service, nextHop) = Self.split(transport)
        let relay = host.main.value(of: "relayhost") ?? ""
        return Survey(
            defaultRoute: !nextHop.isEmpty ? nextHop : service != "smtp" ? transport : relay.isEmpty ? "direct" : relay,
            recipients: rows("transport_maps", on: host),
            senders: rows("sender_dependent_default_transport_maps", on: host)
                + rows("sender_dependent_relayhost_maps", on: host),
            tls: tls(service, on: host),
            login: login(service, nextHop, of: nil, on: host),
            queued: queued
        )
    }

    private var queued: Int? { facts.text("postfix.queued").flatMap { Int($0.filter { $0 != " " }) } }

    private func rows(_ name: String, on host: PostfixHost) -> [Survey.Row] {
        PostfixTable.rows(of: MapList.texts(host.main.value(of: name) ?? ""), on: host).rows
            .map(\.row).map { row in
                guard name != "sender_dependent_relayhost_maps" else { return Survey.Row(row.key, row.value) }
                let sender = name == "transport_maps" ? nil : row.key
                let (service, nextHop) = Self.split(row.value)
                guard service.hasPrefix("mtactl-") else {
                    return Survey.Row(row.key, row.value, tls: ownLevel(service, on: host))
                }
                return Survey.Row(
                    row.key,
                    nextHop.isEmpty ? row.value : nextHop,
                    tls: tls(service, on: host),
                    login: login(service, nextHop, of: sender, on: host)
                )
            }
    }

    /// The level of the service's own, else the one for all mail.
    private func tls(_ service: String, on host: PostfixHost) -> String? {
        let level = ownLevel(service, on: host) ?? values["smtp_tls_security_level"]
        return level?.isEmpty == false ? level : nil
    }

    private func ownLevel(_ service: String, on host: PostfixHost) -> String? {
        host.services.last { $0.name == service && $0.type == "unix" }?.option("smtp_tls_security_level")
    }

    /// The user name in the service's table of logins, else the one that the host looked up itself.
    ///
    /// Source: postconf(5), smtp_sender_dependent_authentication: the sender is looked up first.
    private func login(_ service: String, _ nextHop: String, of sender: String?, on host: PostfixHost) -> String? {
        guard service.hasPrefix("mtactl-") else {
            return facts.text("postfix.login").flatMap { $0.isEmpty ? nil : $0 }
        }
        let own = host.services.last { $0.name == service }
        let rows = PostfixTable.rows(of: MapList.texts(own?.option("smtp_sasl_password_maps") ?? ""), on: host).rows
        let bySender = own?.option("smtp_sender_dependent_authentication") == "yes" ? sender : nil
        let keys = [bySender, nextHop.split(separator: ",").first.map(String.init)].compactMap(\.self)
        let row = keys.lazy.compactMap { key in rows.first { $0.row.key == key } }.first
        return row?.row.value.split(separator: ":").first.map(String.init)
    }

    /// `transport:nexthop`.
    private static func split(_ route: String) -> (service: String, nextHop: String) {
        let parts = route.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
}
