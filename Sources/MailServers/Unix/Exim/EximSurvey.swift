import MTAPlan

/// How mail leaves a host with Exim today.
struct EximSurvey {
    private let facts: Facts

    init(_ facts: Facts) { self.facts = facts }

    var survey: Survey {
        let queued = facts.text("exim.queued").flatMap { Int($0.filter(\.isNumber)) }
        guard let host = try? EximHost(facts) else { return Survey(defaultRoute: "unknown", queued: queued) }
        let active = Set(host.lines("exim.routers"))
        let routers = host.structure.allDrivers(in: "routers").filter { active.isEmpty || active.contains($0.name) }
        let deciding = routers.filter(\.takesRemoteMail)
        let way = deciding.first { $0.name == "mtactl_way" }
        let main = deciding.first { router in
            router.takesRoutes && (way == nil || !router.name.hasPrefix("mtactl_") || isDefault(router, way))
        }
        let transport = main.flatMap { self.transport(of: $0, host) }
        return Survey(
            defaultRoute: route(of: main, host),
            recipients: rows(.recipients, host, routers) + specific(routers),
            senders: rows(.senders, host, routers),
            tls: transport.flatMap(tls),
            login: transport.flatMap { login($0, host) },
            queued: queued
        )
    }

    /// Whether what `mtactl_way` comes to at its end is this router's.
    private func isDefault(_ router: EximStructure.Driver, _ way: EximStructure.Driver?) -> Bool {
        guard let expression = way?.option("address_data") else { return false }
        let name = router.name.dropFirst("mtactl_".count)
        let words = expression.split { "{} ".contains($0) }
        return words.last { $0 != "direct" && !$0.hasPrefix("$") || $0 == "direct" && words.count == 1 }.map {
            $0 == name
        } ?? false
    }

    private func transport(of router: EximStructure.Driver, _ host: EximHost) -> EximStructure.Driver? {
        host.structure.allDrivers(in: "transports").first { $0.name == router.option("transport") }
    }

    private func route(of router: EximStructure.Driver?, _ host: EximHost) -> String {
        guard let router else { return "none" }
        guard router.option("driver") == "manualroute" else {
            return router.option("driver") == "dnslookup" ? "direct" : router.name
        }
        let list = router.option("route_list").map { $0.split(separator: " ").dropFirst() } ?? []
        let hosts = expanded(list.first.map(String.init) ?? router.option("route_data") ?? "")
        return transport(of: router, host)?.option("port").map { "\(hosts):\($0)" } ?? hosts
    }

    /// With the values of the macros that update-exim4.conf(8) makes of Debian's settings.
    private func expanded(_ text: String) -> String {
        facts.lines("exim.strange").reduce(text) { text, line in
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].first?.isUppercase == true else { return text }
            return text.replacing(parts[0], with: parts[1])
        }
    }

    private func tls(_ transport: EximStructure.Driver) -> String? {
        if transport.option("tls_verify_hosts") == "*" { return "verified" }
        if transport.option("hosts_require_tls") == "*" { return "required" }
        return transport.option("hosts_avoid_tls") == "*" ? "none" : nil
    }

    /// The user name of the transport's row in our file, or in Debian's by the host.
    ///
    /// In our file a sender has a row of its own, which comes first.
    private func login(_ transport: EximStructure.Driver, _ host: EximHost, of sender: String? = nil) -> String? {
        let path = "\(host.folder)/\(EximLookupFile.Name.logins.rawValue)"
        if transport.name.hasPrefix("mtactl_") {
            let lines = (host.facts.file(path)?.bytes ?? []).split(separator: 0x0A).map(\.text)
            let senders = sender.map { $0.hasPrefix("*@") ? String($0.dropFirst()) : $0 }
            let keys = (senders.map { ["\(transport.name)/\($0)"] } ?? []) + [transport.name]
            let row = keys.lazy.compactMap { key in lines.first { $0.hasPrefix("\(key): user=\"") } }.first
            return row.flatMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
        }
        guard transport.option("hosts_try_auth") != nil || transport.option("hosts_require_auth") != nil else {
            return nil
        }
        return host.lines("exim.passwords").first.flatMap {
            $0.split(separator: ":").dropFirst().first.map(String.init)
        }
    }

    /// What a row names is one of our routers, which says where to.
    private func rows(
        _ name: EximLookupFile.Name,
        _ host: EximHost,
        _ routers: [EximStructure.Driver]
    ) -> [Survey.Row] {
        let lines = (host.facts.file("\(host.folder)/\(name.rawValue)")?.bytes ?? []).split(separator: 0x0A).map(\.text)
        return lines.filter { !$0.hasPrefix("#") }.compactMap { line in
            guard let colon = line.firstRange(of: ": ") else { return nil }
            let key = String(line[..<colon.lowerBound])
            guard let router = routers.first(where: { $0.name == "mtactl_\(line[colon.upperBound...])" }) else {
                return Survey.Row(key, String(line[colon.upperBound...]))
            }
            let transport = transport(of: router, host)
            return Survey.Row(
                key,
                route(of: router, host),
                tls: transport.flatMap(tls),
                login: transport.flatMap { login($0, host, of: name == .senders ? key : nil) }
            )
        }
    }

    /// Routers of the host's own for certain domains, and Debian's hubbed_hosts.
    private func specific(_ routers: [EximStructure.Driver]) -> [Survey.Row] {
        facts.lines("exim.hubbed").map { Survey.Row($0, "hubbed_hosts") }
            + routers.filter { $0.option("driver") == "manualroute" && !$0.takesRemoteMail }.compactMap { router in
                guard let domains = router.option("domains"), !domains.contains("${") else { return nil }
                return Survey.Row(domains, router.option("route_list") ?? router.name)
            }
    }
}

extension Facts {
    fileprivate func lines(_ key: String) -> [String] { (text(key) ?? "").split(separator: "\n").map(String.init) }
}

extension EximStructure.Driver {
    /// Whether it is a router that sends, and not one that only looks something up.
    fileprivate var takesRoutes: Bool { option("transport") != nil || option("data")?.hasPrefix(":") == true }
}
