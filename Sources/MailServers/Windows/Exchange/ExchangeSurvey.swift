import MTAPlan

/// How mail leaves the organisation today.
struct ExchangeSurvey {
    let survey: Survey

    init(_ facts: Facts) {
        // A survey shows what is known; a plan says why the rest cannot be determined.
        guard let site = try? ExchangeSite(facts) else {
            survey = Survey(defaultRoute: "unknown")
            return
        }
        let winner = site.connectors.route(to: "*")?.winner
        let domains = Set(
            site.connectors.filter(\.isEnabled).flatMap(\.spaces).filter { $0.type == "SMTP" }.map(\.domain)
        )
        let rows = domains.subtracting(["*", "--"]).sorted().compactMap { domain -> Survey.Row? in
            guard let connector = site.connectors.route(to: domain)?.winner else { return nil }
            return Survey.Row(
                Printable.line(domain),
                Self.route(connector),
                tls: Self.tls(connector),
                login: connector.username.map(Printable.line)
            )
        }
        let queues = facts.objects[ExchangeSite.queuesKey]?.objects
        survey = Survey(
            defaultRoute: winner.map(Self.route) ?? "none",
            recipients: rows,
            tls: winner.flatMap(Self.tls),
            login: winner?.username.map(Printable.line),
            queued: queues.map { $0.reduce(0) { $0 + min(Int($1.text("MessageCount") ?? "") ?? 0, 1_000_000) } }
        )
    }

    private static func route(_ connector: SendConnector) -> String {
        let hosts = connector.smartHosts.map { "[\(Printable.line($0))]:\(connector.port)" }
        return hosts.isEmpty ? "direct" : hosts.joined(separator: ", ")
    }

    /// In Exchange's words: `RequireTLS, DomainValidation`.
    private static func tls(_ connector: SendConnector) -> String? {
        let level = connector.texts(.tlsAuthLevel).first.map { ", \(Printable.line($0))" } ?? ""
        if connector.isOn(.requireTLS) { return "RequireTLS\(level)" }
        return connector.isOn(.ignoreSTARTTLS) ? "IgnoreSTARTTLS" : nil
    }
}
