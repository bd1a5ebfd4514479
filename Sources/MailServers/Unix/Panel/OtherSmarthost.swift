import MTAPlan

/// A smarthost that somebody else has set up in the places that a panel leaves to its administrators.
///
/// Two smarthosts would take turns by the order of their routers, and Exim offers every login to every server that asks
/// for one. So the other one is either removed, if that is asked, or nothing is done.
struct OtherSmarthost: Sendable {
    /// Routers to it, their transports, and all client authenticators.
    let drivers: [PanelDriver]
    /// Routers for some domains alone, which stay.
    let routes: [PanelDriver]
    /// The names of those that are behind a router that takes all mail, so that they get none: they go on getting none.
    let shadowed: Set<String>
    /// A router of these that has hosts of their own for some domains.
    private let mixed: PanelDriver?
    /// A transport of these that logs in.
    private let needsLogin: PanelDriver?

    /// What its routers do with forwarded mail: a transport that gives it a return path back to the host.
    struct Forwarding: Sendable {
        /// How it chooses its transport.
        var expression: String
        /// The transport for forwarded mail, and the others that it may choose.
        var name: String
        var others: Set<String>
        /// Whole lines of the former.
        var lines: [String]
    }
    let forwarding: Forwarding?

    /// - Parameters:
    ///   - all: Every driver that is not ours, in the order of the files.
    ///   - host: Exim with them.
    init(among all: [PanelDriver], on host: EximHost) {
        let senders = EximRouting(host).routers.filter(\.isSender).map(\.driver)
        let lists = host.structure.domainLists
        self.init(
            among: all,
            sending: Set(senders.map(\.name)),
            mixed: Set(senders.filter { !$0.rows(lists).isEmpty }.map(\.name)),
            behind: { Self.names(behind: $0, on: host) }
        ) { others in
            Self.forwarding(of: others, on: host) ?? Self.kept(on: host)
        }
    }

    /// - Parameters:
    ///   - all: Every driver that is not ours, in the order of the files.
    ///   - sending: The names of the routers that send mail for any domain on.
    ///   - mixed: The names of those of them that have hosts of their own for some domains.
    ///   - behind: The names of all routers behind the first of these, or behind ours that took their place.
    ///   - forwarding: What these do with forwarded mail.
    init(
        among all: [PanelDriver],
        sending: Set<String>,
        mixed: Set<String> = [],
        behind: ([PanelDriver]) -> Set<String> = { _ in [] },
        forwarding: ([PanelDriver]) -> Forwarding? = { _ in nil }
    ) {
        let transports = all.filter { $0.part == "transports" && $0.options["driver"] == "smtp" }
        let routers = all.filter { $0.part == "routers" }
        let others = routers.filter { router in
            let transport = router.options["transport"] ?? ""
            return sending.contains(router.name)
                && (router.options["driver"] == "manualroute"
                    || transports.contains { $0.options["hosts"] != nil && transport.names($0.name) })
        }
        let rest = routers.filter { router in !others.contains(router) }
        let used = transports.filter { transport in
            others.contains { ($0.options["transport"] ?? "").names(transport.name) }
                && !rest.contains { ($0.options["transport"] ?? "").names(transport.name) }
        }
        self.mixed = others.first { mixed.contains($0.name) }
        // Exim takes one client for each mechanism, and would offer it to every server.
        drivers = others + used + all.filter { $0.part == "authenticators" && $0.isClient }
        routes = rest.filter { $0.options["driver"] == "manualroute" && $0.options["unseen"] == nil }
        needsLogin = transports.first { transport in
            ["hosts_require_auth", "hosts_try_auth"].contains { transport.options[$0] != nil }
                && rest.contains { ($0.options["transport"] ?? "").names(transport.name) }
        }
        shadowed = Set(routes.map(\.name)).intersection(behind(others))
        self.forwarding = forwarding(others)
    }

    /// The names of the routers behind the first that takes mail of everybody for any domain and is one of these, or ours.
    private static func names(behind others: [PanelDriver], on host: EximHost) -> Set<String> {
        let (routers, lists) = (host.structure.allDrivers(in: "routers"), host.structure.domainLists)
        let names = Set(others.map(\.name))
        let first = routers.firstIndex { router in
            // Of ours, those that are for some senders have a list of them; a condition that leaves bounces out is none.
            if router.start.isOurs { return router.takesAnyDomain(lists) && router.option("senders") == nil }
            return names.contains(router.name) && router.conditions.isEmpty
        }
        return first.map { Set(routers[$0...].dropFirst().map(\.name)) } ?? []
    }

    private static func forwarding(of others: [PanelDriver], on host: EximHost) -> Forwarding? {
        for router in host.structure.drivers(in: "routers") where others.contains(where: { $0.name == router.name }) {
            let expression = router.option("transport") ?? ""
            let named = host.structure.drivers(in: "transports").filter { expression.words.contains($0.name) }
            guard let transport = named.first(where: \.rewritesForwarded) else { continue }
            let kept = transport.optionNames.filter { !$0.hasPrefix("dkim_") }
            return Forwarding(
                expression: expression,
                name: transport.name,
                others: Set(named.map(\.name)).subtracting([transport.name]),
                lines: host.lines(of: transport, keeping: kept.subtracting(EximBlocks.ownOptions))
            )
        }
        return nil
    }

    /// The same of a router that an earlier run took out, by what ours have of it.
    private static func kept(on host: EximHost) -> Forwarding? {
        let transports = host.structure.allDrivers(in: "transports")
        let rewriting = transports.filter { $0.start.isOurs && $0.rewritesForwarded }
        for router in host.structure.allDrivers(in: "routers") where router.start.isOurs {
            let expression = router.option("transport") ?? ""
            guard let transport = rewriting.first(where: { expression.words.contains($0.name) }),
                let mark = transport.name.firstRange(of: "__"),
                let main = transports.first(where: { $0.name == transport.name[..<mark.lowerBound] })
            else { continue }
            let name = String(transport.name[mark.upperBound...])
            // One of the host's own that is there is the model itself.
            if transports.contains(where: { $0.name == name }) { continue }
            let own = transport.optionNames.subtracting(main.optionNames).subtracting(EximBlocks.ownOptions)
            return Forwarding(
                expression: expression.replacing(transport.name, with: name),
                name: name,
                others: [main.name],
                lines: host.lines(of: transport, keeping: own.filter { !$0.hasPrefix("dkim_") })
            )
        }
        return nil
    }

    var isThere: Bool { !drivers.isEmpty }

    /// Whether mail goes otherwise than the host's own routers alone would have it, as it does, or did, by this smarthost.
    ///
    /// Once that is removed, what it did shows in what ours took over from it.
    var isRemembered: Bool { isThere || !shadowed.isEmpty || forwarding != nil }

    /// Whose it is, by the names that its recipe uses.
    ///
    /// Source: the recipes that these vendors and their customers publish.
    var vendor: String {
        let words = drivers.flatMap { [$0.name] + $0.options.values }.joined(separator: " ").lowercased()
        let vendors = [
            ("mailchannels", "MailChannels"), ("mailbaby", "MailBaby"), ("mxroute", "MXroute"),
            ("mxsentinel", "MX Sentinel"), ("spamexperts", "SpamExperts"), ("antispamcloud", "SpamExperts"),
            ("smarthost_dkim", "SpamExperts"), ("remote_smtp_smart_", "SpamExperts"),
            ("auth_relay", "DirectAdmin's smart_route template"), ("smart_route", "DirectAdmin's smart_route template"),
        ]
        return vendors.first { words.contains($0.0) }?.1 ?? "somebody else"
    }

    /// Its drivers for people: "router `smart_route`, transport `auth_relay`".
    var list: String {
        drivers.map { "\($0.part.dropLast()) `\($0.name)`" }.joined(separator: ", ")
    }

    /// `section`: The panel's section of a playbook: `cpanel`.
    ///
    /// - Throws: Where it is there and is not to be removed, or cannot be.
    func check(_ choice: OtherSmarthosts, section: String) throws(Failure) {
        guard let first = drivers.first else { return }
        if let mixed { throw .mixed(mixed) }
        switch choice {
        case .refuse: throw .other(self, first, section)
        case .remove:
            if let needsLogin { throw .needsLogin(needsLogin) }
            if let torn = drivers.first(where: { !$0.isWhole }) { throw .torn(torn) }
        }
    }

    var notes: [String] {
        (isThere ? ["the smarthost of \(vendor) is removed: \(list)"] : [])
            + routes.map { router in
                let domains = (router.options["domains"] ?? "its own table").escaped
                return shadowed.contains(router.name)
                    ? "the router `\(router.name)` of the host gets no mail for `\(domains)`, as before: it comes after the smarthost's"
                    : "the router `\(router.name)` of the host still decides for `\(domains)`"
            }
    }
}

extension EximStructure.Driver {
    fileprivate var optionNames: Set<String> {
        Set(items.compactMap { if case .option(let name, _) = $0.kind { name } else { nil } })
    }
}

extension Facts {
    /// Without the routers that Exim has today, which another smarthost's may be among: the panel's files tell them.
    var withoutRouters: Facts {
        var facts = self
        facts.answers["exim.routers"] = nil
        return facts
    }
}

extension String {
    /// Whether a driver's name is in it as a word.
    fileprivate func names(_ name: String) -> Bool {
        split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == name }
    }
}

extension Failure {
    fileprivate static func mixed(_ driver: PanelDriver) -> Failure {
        Failure(
            "the router `\(driver.name)` is a smarthost of somebody else and has hosts for some domains in one `route_list`",
            hint: "give the rows for these domains a router of their own, before it",
            at: driver.place
        )
    }
    fileprivate static func needsLogin(_ driver: PanelDriver) -> Failure {
        Failure(
            "the transport `\(driver.name)` is for some domains only and uses a login that would be removed",
            hint: "give it its own `client_condition` by hand, or remove it",
            at: driver.place
        )
    }
    fileprivate static func other(_ other: OtherSmarthost, _ first: PanelDriver, _ section: String) -> Failure {
        Failure(
            "a smarthost of \(other.vendor) is set up here: \(other.list)",
            hint: "remove it, or write `replace-others: remove` under `\(section)`",
            at: first.place
        )
    }
    fileprivate static func torn(_ driver: PanelDriver) -> Failure {
        Failure(
            "the \(driver.part.dropLast()) `\(driver.name)` shares a condition with the lines around it, so it cannot be removed alone",
            hint: "remove it by hand",
            at: driver.place
        )
    }
}
