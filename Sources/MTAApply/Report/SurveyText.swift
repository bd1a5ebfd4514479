package import MTAPlan

/// What hosts run, as a table.
package enum SurveyText {
    private static let heading = ["HOST", "SERVER", "VERSION", "DEFAULT ROUTE", "TLS", "LOGIN", "QUEUE", "LOG"]

    package static func text(_ surveys: [HostSurvey], listing details: Bool) -> String {
        let rows = surveys.flatMap(rows)
        let columns = [heading] + rows.filter { $0.count == heading.count }
        let widths = heading.indices.map { column in columns.map { $0[column].count }.max() ?? 0 }
        var lines = ([heading] + rows).map { line(of: $0, widths) }
        let known = details ? surveys.flatMap(Self.details) : []
        if !known.isEmpty { lines += [""] + known }
        lines += ["", summary(surveys)]
        return lines.map(Printable.line).joined(separator: "\n") + "\n"
    }

    /// What is said in words has no part in the columns' widths.
    private static func line(of row: [String], _ widths: [Int]) -> String {
        zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined(separator: "  ")
            .trimmedEnd
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
                version(of: server),
                found?.defaultRoute ?? "-", found?.tls ?? "-", found?.login ?? "-",
                found?.queued.map { "\($0)" } ?? "-", survey.logs[server.name]?.words ?? "-",
            ]
        }
    }

    /// Its own, and that of the panel that keeps it: `3.7.11 (plesk 18.0.61)`.
    private static func version(of server: RecognisedServer) -> String {
        let own = server.version.isEmpty ? "-" : server.version
        guard let panel = server.panel, panel != server.name else { return own }
        return "\(own) (\(panel)\(server.panelVersion.map { " \($0)" } ?? ""))"
    }

    private static func details(of survey: HostSurvey) -> [String] {
        survey.surveys.sorted { $0.key < $1.key }.flatMap { _, found in
            found.recipients.map { "\(survey.host)  to \($0.key): \($0.route)" }
                + found.senders.map { "\(survey.host)  from \($0.key): \($0.route)" }
        }
    }
}

extension JSONReport {
    /// One object a host.
    package static func survey(_ survey: HostSurvey) -> JSONValue {
        .object([
            ("type", .string("facts")),
            ("host", .string(survey.host)),
            ("servers", .array(survey.recognised.map { server($0, survey) })),
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
            ("tls", .text(found?.tls)),
            ("login", .text(found?.login)),
            ("queued", found?.queued.map { .int($0) } ?? .null),
            ("log", .text(survey.logs[server.name]?.words)),
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
        case .submission: "sendmail itself"
        }
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
