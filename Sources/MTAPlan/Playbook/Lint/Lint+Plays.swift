extension Lint {
    mutating func checkPlays() {
        var names: [String: Int] = [:]
        for (index, play) in playbook.plays.enumerated() {
            let path = ["plays", String(index)]
            if let first = names[play.name] {
                let line = file.place(["plays", String(first)]).line
                find(
                    "same-name",
                    .note,
                    path,
                    "another play on line \(line) is called `\(play.name.shortened)` too",
                    hint: "reports identify plays by name"
                )
            }
            names[play.name] = names[play.name] ?? index
            if play.routes.smarthosts.isEmpty {
                find(
                    "no-smarthost",
                    .warning,
                    path + ["routes"],
                    "no mail takes a smarthost here",
                    hint: "write `default: NAME`"
                )
            }
            checkExtras(play, path)
            checkRows(play.routes, path + ["routes"])
        }
    }

    private mutating func checkExtras(_ play: Play, _ path: [String]) {
        for settings in play.extras.all {
            let section = type(of: settings)
            for finding in settings.findings {
                find(
                    finding.id,
                    finding.severity,
                    path + [section.key, finding.key],
                    finding.problem,
                    hint: finding.hint
                )
            }
            guard case .named(let mta) = play.mta, !section.servers.contains(mta) else { continue }
            find(
                "extras-of-other-server",
                .warning,
                path + [section.key],
                "the play is for \(mta), and `\(section.key)` has no effect in it",
                hint: "remove it, or write `mta: \(section.key)`"
            )
        }
    }

    /// Rows that change nothing, because the next weaker rule says the same.
    private mutating func checkRows(_ routes: Routes, _ path: [String]) {
        for row in routes.recipients {
            guard case .exactly(let domain) = row.domain else { continue }
            var without = routes
            without.recipients.removeAll { $0 == row }
            guard let weaker = without.recipientRow(domain), weaker.route == row.route else { continue }
            complain(row.domain.description, weaker.domain.description, "recipients", path)
        }
        guard routes.sendersFile == nil else { return }
        for row in routes.senders {
            var without = routes
            without.senders.removeAll { $0 == row }
            switch row.sender {
            case .address(let address):
                guard let weaker = without.senderRow(address), weaker.route == row.route, weaker.login == row.login
                else { continue }
                complain(row.sender.description, weaker.sender.description, "senders", path)
            case .domain:
                guard row.route == routes.defaultRoute, row.login == nil else { continue }
                complain(row.sender.description, "default", "senders", path)
            }
        }
    }

    private mutating func complain(_ row: String, _ weaker: String, _ section: String, _ path: [String]) {
        let key = file.key(like: row, under: path + [section])
        find(
            "row-without-effect",
            .note,
            path + [section, key],
            "`\(row)` goes where `\(weaker)` would send it anyway",
            hint: "remove the row"
        )
    }

    mutating func checkVerification() {
        guard let verify = playbook.verify else {
            find(
                "no-verify",
                .warning,
                [],
                "nothing proves that mail takes the new route",
                hint: "write `verify: {to: ADDRESS}` with a mailbox of yours on another host"
            )
            return
        }
        // The host's own name is not known here, and is in no row.
        let sender = verify.from.map { $0.contains("@") ? $0 : "\($0)@host.invalid" } ?? "root@host.invalid"
        for (index, play) in playbook.plays.enumerated() where !play.routes.smarthosts.isEmpty {
            let path = ["plays", String(index), "routes"]
            switch play.routes.route(from: sender, to: verify.to) {
            case .decided(let decision) where decision.route == .direct:
                find(
                    "verify-goes-direct",
                    .warning,
                    path,
                    "the test message would not take a smarthost in this play",
                    hint: "choose a `verify: {from: …, to: …}` that does, or it proves nothing"
                )
            case .oneOf(let decisions) where decisions.contains { $0.route == .direct }:
                find(
                    "verify-not-sure",
                    .note,
                    path,
                    "whether the test message takes a smarthost depends on \(play.routes.sendersFile?.path ?? "a list") on the host",
                    hint: "choose a `verify: {from: …}` that is listed in it, or give it a row of its own"
                )
            case .decided, .oneOf: break
            }
        }
    }
}

extension PlaybookFile {
    /// The key as the file writes it, where only upper and lower case may differ.
    fileprivate func key(like name: String, under path: [String]) -> String {
        var node: YAMLNode? = root
        for step in path {
            guard let here = node else { break }
            let index = Int(step) ?? -1
            node = here.list.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? here[step]
        }
        let keys = (node?.pairs ?? []).compactMap(\.key.scalar)
        return keys.first { $0 == name } ?? keys.first { $0.lowercased() == name.lowercased() } ?? name
    }
}
