import MTAPlan

/// What an operator should know about a plan: what still decides in addition to it, what loses its effect, what is odd.
struct QmailNotes {
    let routes: Routes
    let wanted: QmailRoutes
    let host: QmailHost

    var all: [String] { routes == Routes() ? [] : beside + shadowed + exceptions + logins + oddities }

    private var theirs: [ControlFile.Row] { host.routes.rows.filter { !$0.isOurs } }
    private var ours: Set<String> {
        var keys = Set(routes.recipients.map(\.domain.smtproutesKey))
        if routes.defaultRoute != .direct { keys.insert("") }
        return keys
    }

    /// Rows of the host that keep deciding.
    private var beside: [String] {
        var notes: [String] = []
        let ours = ours
        let others = host.routes.effective.filter { !$0.isOurs && !ours.contains($0.key) }
        if !others.isEmpty {
            let whose = routes.senders.isEmpty ? "" : ", but not for the senders of the playbook"
            notes.append("the host's control/smtproutes still decides for \(Self.keys(others.map(\.key)))\(whose)")
        }
        let asked = Set(routes.senders.map(\.sender.authsendersKey))
        let senders = host.senders.effective.filter { !$0.isOurs && !$0.value.isEmpty && !asked.contains($0.key) }
        if host.build.logins == .bars, !senders.isEmpty {
            notes.append(
                "the host's control/authsenders takes precedence over control/smtproutes for \(Self.keys(senders.map(\.key)))"
            )
        }
        return notes
    }

    /// Rows of the host that lose their effect, as ours of the same key come later.
    private var shadowed: [String] {
        let ours = ours
        let rows = theirs.filter { ours.contains($0.key) }
        guard let row = rows.last else { return [] }
        let relay = QmailRelay(row.value, build: host.build).map { "`\($0.description)`" } ?? "the domain's own servers"
        let what = row.key.isEmpty ? "all other mail" : "`\(row.key.escaped)`"
        let more = rows.count > 1 ? ", and \(rows.count - 1) more like it" : ""
        return [
            "line \(row.line) of control/smtproutes, which sends \(what) to \(relay), stays but no longer has any effect\(more)"
        ]
    }

    private var exceptions: [String] {
        if wanted.exceptions.isEmpty { return [] }
        return [
            "mail for \(wanted.exceptions.listed()), which the host accepts for others (rcpthosts), is handled as before"
        ]
    }

    private var logins: [String] {
        routes.usedSmarthosts.filter { $0.login != nil }.compactMap { smarthost in
            switch smarthost.tls {
            case .none: "the password for `\(smarthost.name)` crosses the network in clear text, as `tls: none` asks"
            case .opportunistic where host.build.logins == .bars && smarthost.port != 465:
                "the password for `\(smarthost.name)` crosses the network in clear text if the smarthost offers no TLS"
            case .opportunistic, .required, .verified: nil
            }
        }
    }

    private var oddities: [String] {
        var notes: [String] = []
        for row in theirs {
            let place = "line \(row.line) of control/smtproutes"
            if row.key.utf8.first?.isBlank == true {
                notes.append("\(place) begins with a space, so it never matches")
            } else if row.value.first?.isBlank == true, row.value.count > 1 {
                notes.append("\(place) has a space before the relay, which becomes part of its name")
            } else if row.value.last == 0x0D, !row.value.contains(UInt8(ascii: ":")) {
                notes.append("\(place) ends in a carriage return, which becomes part of the relay's name")
            }
        }
        let file = host.facts.file(host.path("smtproutes"))
        if let file, file.mode.rawValue & 0o044 == 0 {
            notes.append(
                "control/smtproutes had mode \(file.mode), so qmail-remote could not read it and all mail waited"
            )
        }
        return notes.count > 5
            ? notes.prefix(5) + ["control/smtproutes has \(notes.count - 5) more lines like these"] : notes
    }

    private static func keys(_ keys: [String]) -> String { keys.listed(empty: "all other mail") }
}
