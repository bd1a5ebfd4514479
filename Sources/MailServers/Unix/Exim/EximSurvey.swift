import MTAPlan

/// How mail leaves a host with Exim today.
struct EximSurvey {
    private let facts: Facts

    init(_ facts: Facts) { self.facts = facts }

    var survey: Survey {
        let queued = facts.text("exim.queued").flatMap { Int($0.filter(\.isNumber)) }
        // A survey shows what can be determined; a plan says why it cannot be made.
        guard let host = try? EximHost(facts) else { return Survey(defaultRoute: "unknown", queued: queued) }
        let active = Set(host.lines("exim.routers"))
        let drivers = host.structure.allDrivers(in: "routers").filter { active.isEmpty || active.contains($0.name) }
        let routers = EximRouting(drivers, in: host.structure).routers
        let main = main(of: routers)?.driver
        let transport = main.flatMap { self.transport(of: $0, host) }
        return Survey(
            defaultRoute: route(of: main, host),
            recipients: rows(.recipients, host, drivers) + specific(routers, host),
            senders: rows(.senders, host, drivers) + conditional(routers, host),
            tls: transport.flatMap(tls),
            login: transport.flatMap { login($0, host) },
            queued: queued
        )
    }

    /// The router that mail takes which nothing is said of.
    private func main(of routers: [EximRouting.Router]) -> EximRouting.Router? {
        let way = routers.first { $0.driver.name == "mtactl_way" }?.driver
        let ours = routers.first { router in
            let name = router.driver.name
            return name.hasPrefix("mtactl_") && !["mtactl_way", "mtactl_direct"].contains(name)
                && !name.contains("__") && (way == nil || isDefault(router.driver, way))
        }
        let theirs = routers.filter { !$0.driver.name.hasPrefix("mtactl_") }
        return ours ?? theirs.first { $0.role == .sends(all: true) || $0.role == .refusesAll }
            ?? theirs.first(where: \.isSender)
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
        let words = (router.option("transport") ?? "").words
        return host.structure.allDrivers(in: "transports").first { words.contains($0.name) }
    }

    private func route(of router: EximStructure.Driver?, _ host: EximHost) -> String {
        guard let router else { return "none" }
        guard router.option("driver") == "manualroute" else {
            return router.option("driver") == "dnslookup" ? "direct" : router.name
        }
        guard let hosts = host.hosts(of: router) else { return router.name }
        guard let port = transport(of: router, host)?.option("port") else { return hosts }
        let list = hosts.split(separator: ", ").map { host in
            host.split(separator: ":").count == 2 ? String(host) : "\(host):\(port)"
        }
        return list.joined(separator: ", ")
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
    private func specific(_ routers: [EximRouting.Router], _ host: EximHost) -> [Survey.Row] {
        facts.lines("exim.hubbed").map { Survey.Row($0, "hubbed_hosts") }
            + routers.filter { $0.role == .decides && $0.driver.option("unseen") == nil && !$0.driver.hostsAreHere }
            .compactMap { router in
                guard router.driver.option("driver") == "manualroute", let domains = router.driver.option("domains"),
                    !domains.contains("${"), !EximDomainList(domains).isOnlyNegated
                else { return nil }
                return Survey.Row(host.expanded(domains), host.hosts(of: router.driver) ?? router.driver.name)
            }
    }

    /// Routers of the host's own for certain senders.
    private func conditional(_ routers: [EximRouting.Router], _ host: EximHost) -> [Survey.Row] {
        routers.filter { $0.role == .sends(all: false) && !$0.driver.name.hasPrefix("mtactl_") }.compactMap { router in
            router.driver.option("senders").map { Survey.Row($0, route(of: router.driver, host)) }
        }
    }
}

extension Facts {
    fileprivate func lines(_ key: String) -> [String] { (text(key) ?? "").split(separator: "\n").map(String.init) }
}
