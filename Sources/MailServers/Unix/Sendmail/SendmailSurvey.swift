import MTAPlan

/// How mail leaves a host with Sendmail today: by its sendmail.cf and the tables that this names.
struct SendmailSurvey {
    private let facts: Facts
    private let made: SendmailCF

    init(_ facts: Facts) {
        self.facts = facts
        made = SendmailCF(facts)
    }

    var survey: Survey {
        let route = made.macro("S") ?? ""
        let ours = rows(OwnSendmailTable.routes)
        let foreign = made.map("mailertable")?.path.map(rows) ?? []
        let host = Self.split(route).host
        return Survey(
            defaultRoute: (route.isEmpty ? "direct" : shown(route)) + submitted,
            recipients: foreign.map { row($0.key, $0.value, ours) } + own(ours, "to:"),
            senders: own(ours, "from:")
                + ours.filter { $0.key == SendmailRoutes.bounces }.map { .init("<>", $0.value) },
            tls: tls(host, ours),
            login: route.isEmpty ? nil : login(host),
            queued: facts.text("sendmail.queued").flatMap { Int($0.filter { $0 != " " }) }
        )
    }

    private var submitted: String {
        SendmailHost.elsewhere(in: facts).map { "; by submit.cf, mail of programs of the host: \($0.escaped)" } ?? ""
    }

    private func own(_ rows: [SendmailTable.Row], _ start: String) -> [Survey.Row] {
        rows.filter { $0.key.hasPrefix(start) }.map { row(String($0.key.dropFirst(start.count)), $0.value, rows) }
    }

    private func row(_ key: String, _ route: String, _ ours: [SendmailTable.Row]) -> Survey.Row {
        let host = Self.split(route).host
        return Survey.Row(key, shown(route), tls: tls(host, ours), login: login(host))
    }

    private func tls(_ host: String, _ ours: [SendmailTable.Row]) -> String? {
        ours.first { $0.key == "tls:\(host.lowercased())" }.map { String($0.value.prefix { $0 != " " }) }
    }

    private func rows(_ path: String) -> [SendmailTable.Row] {
        facts.file(path).map { SendmailTable.rows($0.bytes) } ?? []
    }

    /// `mailer:host` as `host:port`.
    private func shown(_ route: String) -> String {
        let (mailer, host) = Self.split(route)
        return made.port(of: mailer).map { "\(host):\($0)" } ?? route
    }

    /// A smarthost without a mailer takes `relay`: cf/README, SMART_HOST.
    private static func split(_ route: String) -> (mailer: String, host: String) {
        guard !route.hasPrefix("["), let colon = route.firstIndex(of: ":") else { return ("relay", route) }
        return (String(route[..<colon]), String(route[route.index(after: colon)...]))
    }

    /// Of our own table, else of the host's, which asks by the name without brackets.
    private func login(_ host: String) -> String? {
        let keys = [host, "clear/\(host)"].map { $0.lowercased() }
        if let row = rows(OwnSendmailTable.logins).first(where: { keys.contains($0.key) }) {
            guard let user = row.value.split(separator: "\"").first, user.hasPrefix("U") else { return nil }
            let text = String(user.dropFirst(2))
            return (user.hasPrefix("U=") ? Base64.decoded(text)?.text : text)?.escaped
        }
        let lines = (facts.text("sendmail.logins") ?? "").split(separator: "\n").map { $0.split(separator: " ") }
        let bare = host.filter { $0 != "[" && $0 != "]" }.lowercased()
        return lines.first { $0.count == 2 && [host.lowercased(), bare].contains($0[0].lowercased()) }.map {
            String($0[1])
        }
    }
}
