import MTAPlan

/// What an operator should know about a plan: what it replaces, and what still decides in addition to it.
struct SendmailNotes {
    let routes: Routes
    let wanted: SendmailRoutes
    let host: SendmailHost

    var all: [String] { replaced + beside + masquerade + queueOnly }

    /// What MASQUERADE_AS puts in place of a sender's domain comes after its way was chosen.
    private var masquerade: [String] {
        guard let name = host.made.macro("M"), !name.isEmpty, !routes.senders.isEmpty else { return [] }
        return [
            "mail of the host's own users leaves as `@\(name.escaped)` (MASQUERADE_AS), but rows of `senders` are compared with the address before that"
        ]
    }

    private var queueOnly: [String] {
        guard let mode = host.made.option("DeliveryMode"), mode.hasPrefix("q") || mode.hasPrefix("d"),
            routes != Routes()
        else { return [] }
        return [
            "DeliveryMode is `\(mode.escaped)`, so a message waits for the next run of the queue, the test message too"
        ]
    }

    private var replaced: [String] {
        guard let route = wanted.defaultRoute, let old = host.made.macro("S"), !old.isEmpty, old != route,
            !old.hasPrefix("mtactl-")
        else { return [] }
        return ["SMART_HOST was `\(old.escaped)` and is replaced"]
    }

    /// Rules of the host's own in ruleset 0, by the sections that they stand in.
    ///
    /// Source: cf/README, LOCAL_RULE_0, LOCAL_NET_CONFIG, LOCAL_RULESETS.
    private var rules: [String] {
        let sections = ["LOCAL_RULE_0", "LOCAL_NET_CONFIG"]
        var section = "", seen: Set<String> = []
        var notes: [String] = []
        // Marks that are amiss were refused before.
        for (number, line) in (try? host.lines.ownLines()) ?? [] {
            let text = line.text
            if let word = text.firstMatch(of: /^[A-Z_0-9]{4,}/).map({ String($0.0) }) { section = word }
            guard text.hasPrefix("R"), sections.contains(section), seen.insert(section).inserted
            else { continue }
            notes.append(
                "\(host.source.realPath):\(number): rules of the host under \(section) still decide for the mail that they select"
            )
        }
        return notes
    }

    private var beside: [String] {
        guard !wanted.smarthosts.isEmpty || !wanted.rows.isEmpty else { return [] }
        var notes: [String] = []
        if let table = host.mailerTable, !table.rows.isEmpty {
            let keys = table.rows.map(\.key)
            notes.append("\(table.path) still decides for \(keys.listed())")
        } else if let map = host.made.map("mailertable"), host.mailerTable == nil, map.path == nil {
            notes.append("the mailertable, of type `\(map.type.escaped)`, still decides for the domains that it has")
        }
        notes += rules
        let relayed = host.facts.file("\(SendmailHost.folder)/relay-domains").map { SendmailTable.rows($0.bytes) } ?? []
        if wanted.defaultRoute != nil, !relayed.isEmpty {
            notes.append(
                "mail for \(relayed.map(\.key).listed()) in relay-domains takes the smarthost too, as it does with any "
                    + "SMART_HOST"
            )
        }
        return notes
    }
}
