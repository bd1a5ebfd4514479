import MTAPlan

/// What an operator should know about a plan: what it replaces, what still decides in addition to it, what is odd.
struct EximNotes {
    let routes: Routes
    let host: EximHost
    let blocks: EximBlocks

    var all: [String] { others + bounces + visibleName + hubbed + pending + layout + logins + exposed + local }

    /// Routers of the host that lose mail, or go on sending it to another host.
    private var others: [String] {
        guard routes != Routes() else { return [] }
        let routing = EximRouting(host)
        let above = Set(routing.above.map(\.driver.name))
        return routing.routers.filter { $0.isSender && $0.driver.option("driver") != "dnslookup" }.map { router in
            let name = "`\(router.driver.name)` (\(router.driver.start.place.text))"
            let to = host.hosts(of: router.driver).map { "to `\($0.escaped)`" } ?? "elsewhere"
            let what = Self.what(router)
            let rows = router.driver.rows(host.structure.domainLists)
            if !rows.isEmpty, routes.defaultRoute != .direct {
                return "\(name) sends on what \(rows.listed()) in its `route_list` are for, and nothing else any more"
            }
            if above.contains(router.driver.name) { return "\(name) comes first and still sends \(what) \(to)" }
            if routes.defaultRoute != .direct { return "\(name) sends \(to) and no longer gets any mail" }
            return "\(name) still takes \(what == "all mail" ? "all other mail" : what), \(to)"
        }
    }

    /// Which mail a router takes.
    private static func what(_ router: EximRouting.Router) -> String {
        if let senders = router.driver.written("senders") { return "mail from `\(senders.escaped)`" }
        return router.role == .sends(all: true) ? "all mail" : "the mail that its conditions let through"
    }

    private var bounces: [String] {
        guard routes.bounces == .direct, routes.defaultRoute != .direct, let router = EximRouting(host).bouncesTo,
            let hosts = host.hosts(of: router.driver)
        else { return [] }
        return ["mail without a sender (bounces) will leave directly; until now it went to `\(hosts.escaped)`"]
    }

    /// Debian's `dc_hide_mailname`: the transport puts another name in place of the host's own.
    private var visibleName: [String] {
        let name = host.expanded("DCreadhost").lowercased()
        guard !routes.senders.isEmpty, host.lines("exim.macros").contains("HIDE_MAILNAME"), name != "dcreadhost",
            !name.isEmpty
        else { return [] }
        return [
            "mail from the host's own users leaves as `@\(name.escaped)`, but rows of `senders` are compared with the address before that: the host's own name"
        ]
    }

    private var hubbed: [String] {
        let domains = host.lines("exim.hubbed")
        guard routes != Routes(), !domains.isEmpty else { return [] }
        return ["/etc/exim4/hubbed_hosts still decides for \(domains.listed())"]
    }

    private var pending: [String] {
        let lines = host.lines("exim.pending").filter { !$0.contains("UPEX4Cmacros") }
        guard !lines.isEmpty else { return [] }
        return [
            "configuration lines that `update-exim4.conf` has not applied yet take effect too: \(lines.map { EximOptions.line($0) }.listed())"
        ]
    }

    private var layout: [String] {
        guard host.layout == .oneFile, host.sources.first?.path == "/etc/exim4/exim4.conf" else { return [] }
        return ["/etc/exim4/exim4.conf is there, so Exim does not read what Debian generates"]
    }

    private var logins: [String] {
        routes.usedSmarthosts.filter { $0.login != nil }.compactMap { smarthost in
            switch smarthost.tls {
            case .none: "the password for `\(smarthost.name)` crosses the network in clear text, as `tls: none` asks"
            case .opportunistic: "mail for `\(smarthost.name)` waits if it offers no TLS, as it has a password"
            case .required, .verified: nil
            }
        }
    }

    private var exposed: [String] {
        // A list that cannot be used has refused the plan by now, with the reason.
        guard let file = routes.sendersFile, let path = (try? EximSendersList(file, on: host))?.exposed else {
            return []
        }
        return ["\(path) contains passwords, and every user on the host can read it"]
    }

    private var local: [String] {
        guard case .relay = routes.localDomains else { return [] }
        return ["mail for the host's own users goes to the smarthost too, also root's, unless it comes from there"]
    }
}
