import MTAPlan

/// Which mail a router takes, by its options alone.
extension EximStructure.Driver {
    /// Whether it takes mail for domains that nobody named.
    func takesAnyDomain(_ lists: [String: String]) -> Bool {
        if let domains = option("domains"), !EximDomainList(domains).fitsAnyDomain({ lists[$0] }) { return false }
        if asksForDomain(lists) { return false }
        guard option("driver") == "manualroute" else { return true }
        if let list = option("route_list") {
            // Each item is a domain with its hosts.
            return EximRouteList(list).entries.contains { $0.isForAnyDomain { lists[$0] } }
        }
        // A table of domains, unless a row of it takes all others.
        let data = option("route_data") ?? ""
        return !(data.contains("lookup") && ["$domain", "${domain", "{domain"].contains { data.contains($0) })
    }

    /// Domains for which it has hosts of their own, or none: the items of `route_list` besides the one for all others.
    func rows(_ lists: [String: String]) -> [String] {
        let entries = EximRouteList(option("route_list") ?? "").entries
        guard let any = entries.firstIndex(where: { $0.isForAnyDomain { lists[$0] } }) else { return [] }
        // `!+local_domains` spares what ours leave to the host anyway.
        let all = entries[any].domain
        let sparesOthers = all.hasPrefix("!") && !EximModel.isForAll(all)
        return entries[..<any].map(\.domain) + (sparesOthers ? [String(all.dropFirst().trimmingBlanks)] : [])
    }

    /// Whether a condition lets only domains through that it names, or that a file of the host does.
    ///
    /// Of one that cannot be determined, only for a router with hosts of its own: the others choose by it how mail is sent.
    private func asksForDomain(_ lists: [String: String]) -> Bool {
        // Ours have the condition of the router that they are copies of, for any domain.
        if start.isOurs { return false }
        let isTable = option("driver") == "manualroute"
        guard isTable || option("driver") == "dnslookup" else { return false }
        if isTable, options("require_files").contains(where: \.mentionsDomain) { return true }
        let variables: [String: EximValue] = ["domain": .known("mtactl.example"), "local_part": .known("mtactl")]
        return options("condition").filter(\.mentionsDomain).contains { condition in
            let expansion = EximExpansion(variables: variables, files: EximFiles(Facts()), lists: EximLists(lists))
            let value = expansion.value(of: condition)
            return value.holds.map { !$0 } ?? (isTable && !condition.contains("original_domain"))
        }
    }

    /// Whether mail without a sender may take it.
    func takesBounces(_ lists: [String: String]) -> Bool {
        let lists = EximLists(lists)
        if let senders = option("senders"), lists.contains(sender: "", senders) == false { return false }
        let names = ["sender_address", "sender_address_domain", "sender_address_local_part", "return_path"]
        let variables = Dictionary(names.map { ($0, EximValue.known("")) }) { first, _ in first }
        let expansion = EximExpansion(variables: variables, files: EximFiles(Facts()), lists: lists)
        let conditions = options("condition") + (hostsCondition.map { [$0] } ?? [])
        return conditions.allSatisfy { expansion.value(of: $0).holds != false }
    }

    /// Whether it lets mail for some other hosts through: `! +local_domains : ! +partners`.
    var sparesDomains: Bool {
        EximDomainList(option("domains") ?? "").items.contains { !EximModel.isForAll($0) }
    }

    /// Whether it refuses, holds or drops what it takes.
    var refuses: Bool { [":fail:", ":defer:", ":blackhole:"].contains { option("data")?.hasPrefix($0) == true } }

    /// When a manualroute router has hosts for a message, where that hangs on an expression that may come to none.
    var hostsCondition: String? {
        guard option("driver") == "manualroute", let data = written("route_data"), option("route_list") == nil,
            data.hasPrefix("$")
        else { return nil }
        return data
    }

    /// Whether it hands mail to a program on the host itself, which gives it back.
    var hostsAreHere: Bool {
        Self.areHere(EximRouteList(option("route_list") ?? "* \(option("route_data") ?? "")"))
    }

    /// Of a transport: whether it names the hosts that mail goes to, and they are others than this one.
    var namesOtherHosts: Bool {
        guard option("driver") == "smtp", option("protocol") != "lmtp", let hosts = option("hosts") else {
            return false
        }
        return !Self.areHere(EximRouteList("* \"\(hosts)\""))
    }

    private static func areHere(_ list: EximRouteList) -> Bool {
        let hosts = list.entries.flatMap(\.hosts)
        return !hosts.isEmpty
            && hosts.allSatisfy { host in
                host == "::1" || ["127.", "localhost", "[::1]"].contains { host.hasPrefix($0) }
            }
    }

    /// Whether mail for the host's own users ends at it, or is forwarded by it.
    var delivers: Bool {
        if option("unseen") != nil, !isOff("unseen") { return false }
        if option("data")?.hasPrefix(":") == true || isLoopFilter || hostsAreHere { return false }
        let domains = EximDomainList(option("domains") ?? "*").items
        let isLocal = domains.contains { ["*", "+local_domains", "@"].contains($0) }
        return isLocal && ["redirect", "accept"].contains(option("driver"))
    }

    /// Whether a condition asks for the port, the protocol or the address that mail comes back by, to let all but that in.
    var isLoopFilter: Bool {
        options("condition").contains { condition in
            let asks = ["interface_port", "received_port", "received_protocol"].contains { condition.contains($0) }
            let isNegated = ["{0}", "{no}", "{false}", "{}"].contains { condition.contains($0) }
            if asks { return isNegated || condition.contains("!") }
            // Whether there is an address at all tells what was written on the host from what came in.
            let client = "sender_host_address"
            let asksForClient = condition.contains(client) && !condition.contains("def:\(client)")
            return asksForClient && option("driver") == "manualroute" && (isNegated || condition.contains("!"))
        }
    }
}

extension EximRouteList.Entry {
    /// Whether it is for domains that nobody named.
    func isForAnyDomain(_ named: (String) -> String?) -> Bool {
        domain == "$domain" || EximDomainList([domain]).fitsAnyDomain(named)
    }
}

extension String {
    /// Whether a string asks for the recipient's domain.
    fileprivate var mentionsDomain: Bool {
        ["$domain", "${domain"].contains { name in
            ranges(of: name).contains { range in
                let rest = self[range.upperBound...]
                // `${domain:` takes the domain out of an address.
                if rest.hasPrefix("_data") || rest.isEmpty { return true }
                return rest.first.map { !($0.isLetter || $0.isNumber || "_:".contains($0)) } ?? true
            }
        }
    }
}
