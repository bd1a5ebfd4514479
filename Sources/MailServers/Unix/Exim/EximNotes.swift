import MTAPlan

/// What an operator should know about a plan: what it replaces, what still decides beside it, what is odd.
struct EximNotes {
    let routes: Routes
    let host: EximHost
    let blocks: EximBlocks

    var all: [String] { others + hubbed + pending + layout + logins + exposed + local }

    /// Routers of the host that lose mail, or go on deciding.
    private var others: [String] {
        guard routes != Routes() else { return [] }
        return host.activeRouters.filter { $0.takesRemoteMail && $0.option("driver") == "manualroute" }.map { router in
            let to = (router.option("route_list") ?? router.option("route_data") ?? "").escaped
            return routes.defaultRoute == .direct
                ? "`\(router.name)` (\(router.start.place.text)) still takes all other mail, to `\(to)`"
                : "`\(router.name)` (\(router.start.place.text)) sends to `\(to)` and gets no mail any more"
        }
    }

    private var hubbed: [String] {
        let domains = host.lines("exim.hubbed")
        guard routes != Routes(), !domains.isEmpty else { return [] }
        return ["/etc/exim4/hubbed_hosts still decides for \(Self.list(domains))"]
    }

    private var pending: [String] {
        let lines = host.lines("exim.pending").filter { !$0.contains("UPEX4Cmacros") }
        guard !lines.isEmpty else { return [] }
        return [
            "lines of the configuration that `update-exim4.conf` has not taken up yet take effect too: \(Self.list(lines))"
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
            case .opportunistic: "mail for `\(smarthost.name)` waits where it offers no TLS, as it has a password"
            case .required, .verified: nil
            }
        }
    }

    private var exposed: [String] {
        guard let file = routes.sendersFile, let path = (try? EximSendersList(file, on: host))?.exposed else {
            return []
        }
        return ["\(path) holds passwords, and everybody on the host can read it"]
    }

    private var local: [String] {
        guard case .relay = routes.localDomains else { return [] }
        return ["mail for the host's own users goes to the smarthost too, also root's, unless it comes from there"]
    }

    private static func list(_ items: [String]) -> String {
        let shown = items.prefix(5).map { "`\(EximMask.shown($0))`" }.joined(separator: ", ")
        return items.count > 5 ? "\(shown) and \(items.count - 5) more" : shown
    }
}
