package import MTAPlan

/// What hosts run, as a table.
package enum SurveyText {
    private static let heading = ["HOST", "SERVER", "VERSION", "DEFAULT ROUTE", "TLS", "LOGIN", "QUEUE", "LOG"]
    /// A table that is wider has the logs beneath it.
    private static let width = 100
    /// So many rows for recipients and senders of a host; `--json` has all.
    private static let most = 20

    package static func lines(_ surveys: [HostSurvey]) -> [String] {
        let rows = surveys.flatMap(rows)
        let columns = [heading] + rows.filter { $0.count == heading.count }
        let widths = heading.indices.map { column in columns.map { $0[column].count }.max() ?? 0 }
        let isWide = widths.reduce(0, +) + 2 * (widths.count - 1) > width
        var lines = ([heading] + rows).map { line(of: isWide ? Array($0.prefix(heading.count - 1)) : $0, widths) }
        let known = surveys.flatMap { details(of: $0, hostWidth: widths[0], withLog: isWide) }
        if !known.isEmpty { lines += [""] + known }
        return lines + ["", summary(surveys)]
    }

    /// What is said in words has no part in the columns' widths.
    private static func line(of row: [String], _ widths: [Int]) -> String {
        zip(row, widths).map { padded($0, $1) }.joined(separator: "  ").trimmedEnd
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// `3 hosts: 1 exim, 1 postfix, 1 unreachable`.
    private static func summary(_ surveys: [HostSurvey]) -> String {
        let kinds = surveys.flatMap { survey in
            if survey.failure != nil { return ["unreachable"] }
            return survey.recognised.isEmpty ? ["without mail server"] : survey.recognised.map(\.name)
        }
        let counts = Dictionary(grouping: kinds) { $0 }.mapValues(\.count).sorted {
            ($1.value, $0.key) < ($0.value, $1.key)
        }
        let words = counts.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "\(surveys.count) host\(surveys.count == 1 ? "" : "s")\(words.isEmpty ? "" : ": \(words)")"
    }

    private static func rows(_ survey: HostSurvey) -> [[String]] {
        if let failure = survey.failure { return [[survey.host, "unreachable: \(failure.problem(on: survey.host))"]] }
        if survey.recognised.isEmpty { return [[survey.host, "no mail server"]] }
        return survey.recognised.map { server in
            let found = survey.surveys[server.name]
            return [
                survey.host, server.name + (server.isActive == false ? " (idle)" : ""),
                server.version.firstWord ?? "-",
                found?.defaultRoute ?? "-", found?.tls ?? "-", found?.login ?? "-",
                found?.queued.map { "\($0)" } ?? "-", survey.logs[server.name]?.words ?? "-",
            ]
        }
    }

    private static func words(_ row: Survey.Row) -> String {
        [row.route, row.tls.map { "TLS \($0)" }, row.login.map { "login \($0)" }].compactMap(\.self)
            .joined(separator: ", ")
    }

    /// Each begins with the host's name, as all that is said of it.
    private static func details(of survey: HostSurvey, hostWidth: Int, withLog: Bool) -> [String] {
        survey.recognised.flatMap { server in
            let found = survey.surveys[server.name]
            var details: [(String, String)] = []
            if server.version.contains(" ") { details.append(("version", server.version)) }
            if let panel = server.panel, panel != server.name {
                details.append(("panel", "\(panel)\(server.panelVersion.map { " \($0)" } ?? "")"))
            }
            if withLog, let log = survey.logs[server.name] { details.append(("log", log.words)) }
            let rows =
                (found?.recipients ?? []).map { ("to \($0.key)", words($0)) }
                + (found?.senders ?? []).map { ("from \($0.key)", words($0)) }
            details += rows.prefix(most)
            if rows.count > most { details.append(("and \(rows.count - most) more", "`--json` has them")) }
            let width = details.map(\.0.count).max() ?? 0
            return details.map { "\(padded(survey.host, hostWidth))  \(padded($0, width))  \($1)" }
        }
    }
}

extension JSONReport {
    /// One object per host.
    package static func survey(_ survey: HostSurvey) -> JSONValue {
        .object([
            ("type", .string("facts")),
            ("host", .string(survey.host)),
            ("servers", .array(survey.recognised.map { server($0, survey) })),
            ("unfinished", .text(survey.unfinished?.problem(on: survey.host))),
            ("reason", .text(survey.failure?.problem(on: survey.host))),
            ("hint", .text(survey.failure?.hint)),
        ])
    }

    private static func server(_ server: RecognisedServer, _ survey: HostSurvey) -> JSONValue {
        let found = survey.surveys[server.name]
        return .object([
            ("mta", .string(server.name)),
            ("version", .string(server.version)),
            ("panel", .text(server.panel)),
            ("panelVersion", .text(server.panelVersion)),
            ("active", server.isActive.map { .bool($0) } ?? .null),
            ("defaultRoute", .text(found?.defaultRoute)),
            ("recipients", rows(found?.recipients)),
            ("senders", rows(found?.senders)),
            (
                "rows",
                .array((found?.recipients ?? []).map { row("to", $0) } + (found?.senders ?? []).map { row("from", $0) })
            ),
            ("tls", .text(found?.tls)),
            ("login", .text(found?.login)),
            ("queued", found?.queued.map { .int($0) } ?? .null),
            ("log", .text(survey.logs[server.name]?.words)),
        ])
    }

    /// A recipient's or a sender's row with all that is known of its way.
    private static func row(_ kind: String, _ row: Survey.Row) -> JSONValue {
        .object([
            (kind, .string(row.key)), ("route", .string(row.route)), ("tls", .text(row.tls)),
            ("login", .text(row.login)),
        ])
    }

    private static func rows(_ rows: [Survey.Row]?) -> JSONValue {
        .object((rows ?? []).map { ($0.key, .string($0.route)) })
    }
}

extension LogSource {
    /// `journal`, the file's path, or that the program says it itself.
    package var words: String {
        switch self {
        case .journal: "journal"
        case .file(let path): path
        case .series(let prefix, let suffix): "\(prefix)*\(suffix)"
        case .submission: "sendmail itself"
        case .tracking: "message tracking log"
        case .administration: "mail log, through the administration interface"
        }
    }
}

extension String {
    fileprivate var firstWord: String? { split(separator: " ").first.map(String.init) }

    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
