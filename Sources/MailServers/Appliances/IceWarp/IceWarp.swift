package import MTAPlan

/// IceWarp Server on Linux, whose settings `tool.sh` reads and writes.
///
/// Scenarios 1 and 2 of DESIGN.md §2, and 14. Its relay server takes all mail that leaves the host; which mail goes
/// another way is in `redirect.dat`, whose form is documented in part only, and is not touched.
///
/// Source: tool.help of 14.3; docs.icewarp.com, "Delivery", "Routing", "Logging". Never tried on the product itself.
package struct IceWarp: MailServer {
    package let recognition = Recognition(
        "icewarp",
        .suite,
        listeners: ["icewarpd"],
        version: { $0.text("icewarp.version") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.icewarp_facts_sh }

    package var section: (any ServerSettings.Type)? { IceWarpSettings.self }

    package func survey(_ facts: Facts) -> Survey {
        let relay = IceWarpRelay(found: facts.text("icewarp.relay") ?? "")
        let isDirect = facts.text("icewarp.mode") != "0"
        let isFallback = isDirect && facts.text("icewarp.fallback") == "1" && !relay.isEmpty
        let route = isDirect ? "direct" : relay.isEmpty ? "no relay server" : relay.masked
        return Survey(
            defaultRoute: isFallback ? "direct, then \(relay.masked)" : route,
            tls: facts.text("icewarp.tls") == "1" ? "opportunistic" : "none",
            login: isDirect && !isFallback ? nil : relay.user,
            queued: facts.text("icewarp.queued").flatMap { Int($0.filter { $0 != " " }) }
        )
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try checkRows(routes)
        let asked = try OneWay(server: name, routes: routes).smarthost(able: [.severalHosts])
        guard let smarthost = asked else { return Proposal(POSIXWork(files: [], reload: [])) }
        let settings = extras[IceWarpSettings.self] ?? IceWarpSettings()
        let host = try IceWarpHost(facts, settings)
        try IceWarpRelay.check(smarthost, secrets: secrets)
        let changes = try host.changes(to: smarthost, settings.use, facts, secrets)
        return Proposal(
            host.work(changes, settings.use),
            notes: notes(on: smarthost, settings.use, facts)
        )
    }

    /// Mail that could be delivered directly does not show the smarthost.
    package func expected(_ route: ExpectedRoute, extras: ServerExtras) -> ExpectedRoute {
        guard extras[IceWarpSettings.self]?.use == .whenDirectFails, case .via(let hosts, _, _, _) = route else {
            return route
        }
        return .oneOf([.direct(not: hosts), route])
    }

    /// Its own log of SMTP sessions; it has neither `sendmail` nor a command for its queue.
    package var trace: Trace {
        Trace(
            log: { IceWarpHost.log($0) },
            submission: { facts in
                let port = facts.text("icewarp.port").flatMap { Int($0) } ?? 25
                return Command(
                    to: "submit a message on port \(port)",
                    in: "bash",
                    program: PackageResources.icewarp_submit_sh,
                    [String(port)]
                )
            },
            tracer: { IceWarpTrace($0) },
            mark: { _ in nil },
            discard: { id in
                Command(to: "remove the message from the queue", program: PackageResources.icewarp_discard_sh, [id])
            },
            hints: Trace.Hint.common,
            unproved: .noSessions
        )
    }

    private func notes(on smarthost: Smarthost, _ use: IceWarpSettings.Use, _ facts: Facts) -> [String] {
        var notes: [String] = []
        if smarthost.login != nil {
            notes.append(
                smarthost.tls == .none
                    ? .clearLogin(smarthost)
                    : "icewarp encrypts only where the smarthost offers it, so where `\(smarthost.name)` does not, the login crosses the network in clear text"
            )
        }
        if use == .whenDirectFails {
            notes.append(
                "`\(smarthost.name)` is used only for mail that cannot be delivered directly, so the test message may go directly and prove nothing about it"
            )
        }
        if let count = facts.text("icewarp.routes").flatMap({ Int($0) }), count > 0 {
            notes.append("redirect.dat has rows that take precedence over the relay server: \(count)")
        }
        return notes
    }

    private func checkRows(_ routes: Routes) throws(Failure) {
        if let row = routes.recipients.first { throw .rows("recipient", "`\(row.domain.key)`", "recipients") }
        if let row = routes.senders.first { throw .rows("sender", "`\(row.sender)`", "senders") }
    }
}

extension Failure {
    fileprivate static func rows(_ kind: String, _ key: String, _ section: String) -> Failure {
        Failure(
            "icewarp routes by \(kind) in redirect.dat, whose format is only partly documented, so mtactl does not write to it, and \(key) has one under `\(section)`",
            hint:
                "leave `\(section)` out for this host, and add the row in icewarp's console, under Mail, General, Routing"
        )
    }

    fileprivate static var noSessions: Failure {
        Failure(
            "icewarp does not log what happens to a message, so delivery could not be proved",
            hint: "set C_System_Log_Services_SMTP to 3, debug and summary, or leave `verify` out of the playbook"
        )
    }
}
