package import Drivers
package import MTAPlan

/// The lines of `--json`: a stable format.
///
/// Source: docs/json.md. What is added makes the minor number of `schema` grow; what changes or goes would the major one.
///
/// - 1.0: `version`, `host`, `progress`, `summary`, `facts`, `backup`, `finding`
/// - 1.1: `damage` of a `backup` whose files were compared, `lock`, and of `facts` `unfinished` and a server's `rows`
/// - 1.2: `reason` and `hint` of the `summary` of a rollout that was stopped
/// - 1.3: `wave`, `record`; `deferrals` of a `verification`, `next` and `failedHosts` of the `summary`, `by` and `since` of
///   a `backup`
/// - 1.4: `command`
package enum JSONReport {
    package static let schema = "1.4"

    package static func version(_ mtactl: String) -> JSONValue {
        .object([("type", .string("version")), ("schema", .string(schema)), ("mtactl", .string(mtactl))])
    }

    package static func progress(_ host: String, _ words: String) -> JSONValue {
        .object([("type", .string("progress")), ("host", .string(host)), ("message", .string(words))])
    }

    package static func wave(_ number: Int, of count: Int, hosts: Int) -> JSONValue {
        .object([
            ("type", .string("wave")), ("wave", .int(number)), ("of", .int(count)), ("hosts", .int(hosts)),
        ])
    }

    package static func record(_ host: String, of run: String, _ text: RunText) -> JSONValue {
        .object([
            ("type", .string("record")), ("host", .string(host)), ("run", .string(run)), ("name", .string(text.name)),
            ("text", .string(text.text)),
        ])
    }

    package static func host(_ result: SiteRecord) -> JSONValue {
        .object([
            ("type", .string("host")),
            ("host", .string(result.host)),
            ("mta", .text(result.server?.name)),
            ("version", .text(result.server?.version)),
            ("outcome", .string(result.outcome.rawValue)),
            ("changes", .array(result.edits.map(change))),
            ("commands", .array(result.commands.map { .array($0.words.map { .string($0) }) })),
            ("notes", .array(result.notes.map { .string($0) })),
            ("backup", .text(result.backup)),
            ("verification", result.delivery.map(verification) ?? .null),
            ("reason", .text(result.reason)),
            ("hint", .text(result.failure?.hint)),
            ("seconds", .seconds(result.duration.seconds)),
        ])
    }

    /// `next`: What is typed next, a command each.
    ///
    /// `failedHosts`: A file with their names.
    package static func summary(
        _ record: RunRecord,
        next: [String] = [],
        failedHosts: String? = nil
    ) -> JSONValue {
        .object([
            ("type", .string("summary")),
            ("run", .text(record.run)),
            ("hosts", .int(record.sites.count)),
            ("outcomes", outcomes(record.sites.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 })),
            ("reason", .text(record.aborted?.problem)),
            ("hint", .text(record.aborted?.hint)),
            ("next", .array(next.map { .string($0) })),
            ("failedHosts", .text(failedHosts)),
            ("exit", .int(Int(record.exit))),
        ])
    }

    /// Of a command in the history; of one that did not end, what only its end tells is null.
    package static func command(_ command: HistoryEntry) -> JSONValue {
        let end = command.end
        return .object([
            ("type", .string("command")), ("command", .string(command.name)), ("run", .text(command.run)),
            ("by", .string(command.startedBy)), ("started", .string(command.started)), ("ended", .text(end?.time)),
            ("outcomes", end.map { outcomes($0.outcomes) } ?? .null), ("reason", .text(end?.aborted?.problem)),
            ("lostOutput", .text(end?.lostOutput)), ("exit", end.map { .int(Int($0.exit)) } ?? .null),
        ])
    }

    private static func outcomes(_ counts: [Outcome: Int]) -> JSONValue {
        .object(Outcome.allCases.compactMap { outcome in counts[outcome].map { (outcome.rawValue, .int($0)) } })
    }

    private static func change(_ edit: Edit) -> JSONValue {
        .object([("path", .string(edit.name)), ("kind", .string(edit.verb.rawValue)), ("diff", .string(edit.diff))])
    }

    private static func verification(_ delivery: Delivery) -> JSONValue {
        .object([
            ("status", .string(delivery.status.rawValue)),
            ("messageId", .string(delivery.messageID)),
            ("queueId", .text(delivery.queueID)),
            ("relay", .text(delivery.relay?.description)),
            ("tls", .text(delivery.tls?.description)),
            ("authenticated", delivery.authenticated.map { .bool($0) } ?? .null),
            ("reply", .string(Printable.line(delivery.reply))),
            ("deferrals", .int(delivery.deferrals)),
        ])
    }
}

extension Duration {
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension JSONReport {
    /// `isAudited`: its files were compared with their hashes, so `damage` says something, empty as it may be.
    package static func backup(_ host: String, _ run: KeptRun, isAudited: Bool = false) -> JSONValue {
        let damage: [(String, JSONValue)] = isAudited ? [("damage", .array(run.damage.map { .string($0) }))] : []
        return .object(
            [
                ("type", .string("backup")), ("host", .string(host)), ("run", .string(run.run)),
                ("state", .string(run.state.rawValue)), ("mta", .string(run.server)), ("files", .int(run.files)),
                ("bytes", .int(run.bytes)), ("by", .text(run.startedBy)), ("since", .text(run.since)),
            ] + damage
        )
    }

    package static func lock(_ host: String, _ holder: String) -> JSONValue {
        .object([("type", .string("lock")), ("host", .string(host)), ("holder", .string(holder))])
    }
}

extension JSONReport {
    package static func finding(_ finding: Finding) -> JSONValue {
        .object([
            ("type", .string("finding")), ("id", .string(finding.id)), ("severity", .string(finding.severity.rawValue)),
            ("place", .string(finding.place)), ("problem", .string(finding.problem)), ("hint", .text(finding.hint)),
        ])
    }
}
