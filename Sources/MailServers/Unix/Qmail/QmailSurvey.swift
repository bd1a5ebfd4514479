import MTAPlan

/// How mail leaves a host with qmail today.
struct QmailSurvey {
    let facts: Facts

    var survey: Survey {
        let queued = facts.text("qmail.queued").flatMap { Int($0.filter { $0 != " " }) }
        // A survey shows what can be determined; a plan says why it cannot be made.
        guard let host = try? QmailHost(facts) else { return Survey(defaultRoute: "direct", queued: queued) }
        let all = host.senders.row(forDomain: "") ?? host.routes.row(forDomain: "")
        let relay = all.flatMap { QmailRelay($0.value, build: host.build) }
        return Survey(
            defaultRoute: relay?.description ?? "direct",
            recipients: rows(host.routes, on: host, empty: "direct"),
            senders: host.build.logins == .bars ? rows(host.senders, on: host, empty: "as recipients") : [],
            tls: relay.map { tls(towards: $0, on: host) },
            login: relay?.user?.escaped,
            queued: queued
        )
    }

    private func rows(_ file: ControlFile, on host: QmailHost, empty: String) -> [Survey.Row] {
        file.effective.filter { !$0.key.isEmpty }.map { row in
            guard let relay = QmailRelay(row.value, build: host.build) else {
                return Survey.Row(row.key.escaped, empty)
            }
            // A login alone: the way is that of all mail.
            if relay.host.isEmpty { return Survey.Row(row.key.escaped, empty, login: relay.user?.escaped) }
            return Survey.Row(
                row.key.escaped,
                relay.description,
                tls: tls(towards: relay, on: host),
                login: relay.user?.escaped
            )
        }
    }

    private func tls(towards relay: QmailRelay, on host: QmailHost) -> String {
        switch host.build.tls {
        case .none: "none"
        case .byHost where host.verifiedHosts.contains(relay.host.lowercased()): "tlshosts"
        case .byHost where relay.port == 465: "from the start"
        case .offered, .byHost: "where offered"
        }
    }
}
