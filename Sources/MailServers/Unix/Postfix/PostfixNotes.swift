import MTAPlan

/// What an operator should know about a plan: what it replaces, what still decides in addition to it, what is odd.
struct PostfixNotes {
    let routes: Routes
    let wanted: PostfixRoutes
    let host: PostfixHost
    /// main.cf as it is to be.
    let main: MainCF

    var all: [String] { replaced + beside + oddities + logins + returnPath + senders + filters }

    /// Settings of the host that lose their effect.
    private var replaced: [String] {
        guard let route = wanted.defaultTransport else { return [] }
        var notes: [String] = []
        if let old = host.setting("default_transport"), old != route, !old.hasPrefix("mtactl-") {
            notes.append("default_transport was `\(old.escaped)` and is replaced")
        }
        for name in PostfixProposal.relays where host.setting(name) != nil {
            notes.append(
                "\(name) was `\(host.own(name).escaped)` and is removed, or direct mail would still take it"
            )
        }
        if let relay = wanted.relayTransport, host.main.value(of: "relay_transport") != relay {
            notes.append(
                "mail for relay_domains goes on to `\(host.own("relayhost").escaped)`, as relay_transport now says"
            )
        }
        if let direct = wanted.direct, !host.services.contains(where: { $0.name == DirectService.name }) {
            notes.append(direct.note)
        }
        return notes
    }

    /// Settings of the host that keep deciding.
    private var beside: [String] {
        var notes: [String] = []
        if routes != Routes() {
            let (rows, opaque) = PostfixTable.rows(of: host.foreignTables("transport_maps"), on: host)
            let keys = Set(wanted.recipients.map(\.key))
            // `:` leaves the route to what comes after: transport(5), "RESULT FORMAT".
            let others = rows.filter { $0.row.value != ":" }.map(\.row.key).filter { !keys.contains($0) }
            if !others.isEmpty {
                notes.append("transport_maps of the host still decides for \(others.listed())")
            }
            let lost = rows.map(\.row.key).filter(keys.contains)
            if !lost.isEmpty { notes.append("rows of the host's transport_maps are shadowed: \(lost.listed())") }
            for table in opaque {
                notes.append("transport_maps has `\(table.escaped)`, which takes precedence over the default route")
            }
        }
        let foreign = host.foreignTables("sender_dependent_default_transport_maps")
        if wanted.defaultTransport == nil, !wanted.senders.isEmpty, !foreign.isEmpty {
            notes.append("senders without a row in the playbook still take \(foreign.listed())")
        }
        let filter = host.value("content_filter")
        if routes != Routes(), !filter.isEmpty, !["127.0.0.1", "localhost", "[::1]"].contains(where: filter.contains) {
            notes.append(
                "content_filter is `\(filter.escaped)`: mail goes there first, and only what comes back takes these routes"
            )
        }
        let kept = wanted.recipients.filter { $0.value == ":" }.map(\.key)
        if !kept.isEmpty {
            notes.append("mail for \(kept.listed()) stays on the host, though it is below a domain in `recipients`")
        }
        return notes
    }

    private var oddities: [String] {
        var notes: [String] = []
        for name in Self.edited where main.value(of: name) != host.main.value(of: name) {
            let lines = host.main.lineNumbers(of: name)
            guard lines.count > 1 else { continue }
            notes.append(
                "\(name) is set on lines \(lines.map(String.init).joined(separator: ", ")) of main.cf, and the last one is used"
            )
        }
        if host.mainFile.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            notes.append("main.cf begins with a byte order mark, so Postfix does not understand its first line")
        }
        return notes
    }

    private var logins: [String] {
        routes.usedSmarthosts.filter { $0.login != nil }.compactMap { smarthost in
            switch smarthost.tls {
            case .none: "the password for `\(smarthost.name)` crosses the network in clear text, as `tls: none` asks"
            case .opportunistic where smarthost.port != 465:
                "the password for `\(smarthost.name)` is only used where the smarthost offers TLS; mail waits where it does not"
            case .opportunistic, .required, .verified: nil
            }
        }
    }

    private var returnPath: [String] {
        guard !wanted.returnPath.isEmpty else { return [] }
        return ["return paths are rewritten as mail comes in, including mail that stays on the host"]
    }

    private var senders: [String] {
        // A list that cannot be used has refused the plan by now, with the reason.
        guard let file = routes.sendersFile, let list = try? SendersList(file, on: host) else { return [] }
        var notes = list.unindexed.map {
            "\($0) has no index, so Postfix notices changes of it only after `postfix reload`"
        }
        if let path = file.logins, let mode = host.facts.file(path)?.mode, mode.rawValue & 0o044 != 0 {
            notes.append("\(path) contains passwords and has mode \(mode), so users other than its owner can read it")
        }
        return notes
    }

    /// Where mail is kept, changed or sent elsewhere before any route is asked for.
    private var filters: [String] {
        guard routes != Routes() else { return [] }
        var notes: [String] = []
        for rule in PostfixFilters.rules(host.own, host.facts) {
            let shown = "`/\(rule.pattern.escaped)/ \(rule.action.escaped)`"
            switch rule.action {
            case "HOLD":
                let which =
                    switch rule.isOfTestMessage {
                    case true?: ", the test message too,"
                    case false?: ""
                    case nil: ", perhaps the test message too,"
                    }
                notes.append("header_checks hold mail with \(shown)\(which) until something releases it")
            case "FILTER" where PostfixFilters.isElsewhere(rule.target):
                notes.append("header_checks send mail to a filter with \(shown), which does not take these routes")
            case "IGNORE" where rule.pattern.lowercased().contains("message-id") && rule.isOfTestMessage != false:
                notes.append(
                    "header_checks remove Message-IDs with \(shown), so the log cannot show the test message"
                )
            default: continue
            }
        }
        for service in host.services where service.command == "smtpd" {
            guard let filter = service.option("content_filter"), PostfixFilters.isElsewhere(filter) else { continue }
            notes.append(
                "mail that comes in by the service `\(service.name.escaped)` goes to its content_filter `\(filter.escaped)`, "
                    + "and does not take these routes"
            )
        }
        let access = PostfixLookup(PostfixFilters.senderTables(host.own).joined(separator: ", "), on: host.facts)
        let filtered = PostfixFilters(host.own, host.services, host.facts).senders.filter {
            guard case .found(let action) = access.find($0) else { return false }
            return PostfixFilters.isElsewhere(String(action.dropFirst("FILTER ".count)))
        }
        if let first = filtered.first, case .found(let action) = access.find(first) {
            notes.append(
                "mail from \(filtered.sorted().listed()) goes by `\(action.escaped)`, and does not take these routes"
            )
        }
        return notes + restrictions
    }

    /// What the rules for mail from outside do with the route.
    private var restrictions: [String] {
        var notes: [String] = []
        for part in PostfixFilters.restrictions {
            let name = "smtpd_\(part)_restrictions"
            let items = MapList.texts(host.own(name))
            for item in items where item.hasPrefix("static:{FILTER ") {
                let target = String(item.dropFirst("static:{FILTER ".count).prefix { $0 != "}" })
                guard PostfixFilters.isElsewhere(target) else { continue }
                notes.append("\(name) sends mail to `\(target.escaped)`, which does not take these routes")
            }
            if wanted.defaultTransport != nil, items.contains("reject_unverified_sender") {
                notes.append(
                    "\(name) has `reject_unverified_sender`: senders are verified by the new route, so by what the smarthost accepts"
                )
            }
        }
        return notes
    }

    private static let edited =
        ["default_transport", "transport_maps", "sender_dependent_default_transport_maps", "sender_canonical_maps"]
        + PostfixProposal.relays
}
