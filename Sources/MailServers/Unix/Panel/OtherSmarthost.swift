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
        self.init(among: all, sending: Set(senders.map(\.name))) { others in
            Self.forwarding(of: others, on: host)
        }
    }

    /// `sending`: The names of the routers that send mail for any domain on.
    init(among all: [PanelDriver], sending: Set<String>, forwarding: ([PanelDriver]) -> Forwarding? = { _ in nil }) {
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
        // Exim takes one client for each mechanism, and would offer it to every server.
        drivers = others + used + all.filter { $0.part == "authenticators" && $0.isClient }
        routes = rest.filter { $0.options["driver"] == "manualroute" && $0.options["unseen"] == nil }
        needsLogin = transports.first { transport in
            ["hosts_require_auth", "hosts_try_auth"].contains { transport.options[$0] != nil }
                && rest.contains { ($0.options["transport"] ?? "").names(transport.name) }
        }
        self.forwarding = forwarding(others)
    }

    private static func forwarding(of others: [PanelDriver], on host: EximHost) -> Forwarding? {
        for router in host.structure.drivers(in: "routers") where others.contains(where: { $0.name == router.name }) {
            let expression = router.option("transport") ?? ""
            let named = host.structure.drivers(in: "transports").filter { expression.words.contains($0.name) }
            guard let transport = named.first(where: \.rewritesForwarded) else { continue }
            let kept = transport.items.compactMap { item in
                if case .option(let name, _) = item.kind, !name.hasPrefix("dkim_") { name } else { nil }
            }
            return Forwarding(
                expression: expression,
                name: transport.name,
                others: Set(named.map(\.name)).subtracting([transport.name]),
                lines: host.lines(of: transport, keeping: Set(kept).subtracting(EximBlocks.ownOptions))
            )
        }
        return nil
    }

    var isThere: Bool { !drivers.isEmpty }

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
        switch choice {
        case .refuse: throw .other(self, first, section)
        case .remove:
            if let needsLogin { throw .needsLogin(needsLogin) }
            if let torn = drivers.first(where: { !$0.isWhole }) { throw .torn(torn) }
        }
    }

    var notes: [String] {
        (isThere ? ["the smarthost of \(vendor) is removed: \(list)"] : [])
            + routes.map {
                "the router `\($0.name)` of the host still decides for `\(($0.options["domains"] ?? "its own table").escaped)`"
            }
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
    fileprivate static func needsLogin(_ driver: PanelDriver) -> Failure {
        Failure(
            "the transport `\(driver.name)` is for some domains only and logs in with what would be removed",
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
