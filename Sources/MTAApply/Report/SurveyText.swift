package import MTAPlan

/// What hosts run, as a table.
package enum SurveyText {
    private static let heading = ["HOST", "SERVER", "VERSION", "DEFAULT ROUTE", "TLS", "LOGIN", "QUEUE", "LOG"]

    package static func text(_ surveys: [HostSurvey], listing details: Bool) -> String {
        let rows = [heading] + surveys.flatMap(rows)
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                .trimmedEnd
        }
        if details { lines += surveys.flatMap(details(of:)) }
        return lines.map(Printable.line).joined(separator: "\n") + "\n"
    }

    private static func rows(_ survey: HostSurvey) -> [[String]] {
        if let failure = survey.failure {
            return [[survey.host, "unreachable: \(failure.problem)", "", "", "", "", "", ""]]
        }
        if survey.recognised.isEmpty { return [[survey.host, "no mail server", "", "", "", "", "", ""]] }
        return survey.recognised.map { server in
            let found = survey.surveys[server.name]
            return [
                survey.host, server.name + (server.isActive == false ? " (idle)" : ""),
                server.version.isEmpty ? "-" : server.version,
                found?.defaultRoute ?? "-", found?.tls ?? "-", found?.login ?? "-",
                found?.queued.map { "\($0)" } ?? "-", survey.logs[server.name]?.words ?? "-",
            ]
        }
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
            ("reason", .text(survey.failure?.problem)),
            ("hint", .text(survey.failure?.hint)),
        ])
    }

    private static func server(_ server: RecognisedServer, _ survey: HostSurvey) -> JSONValue {
        let found = survey.surveys[server.name]
        return .object([
            ("mta", .string(server.name)),
            ("version", .string(server.version)),
            ("panel", .text(server.panel)),
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
