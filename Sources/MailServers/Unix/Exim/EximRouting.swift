import MTAPlan

/// What the host's own routers do with mail for other hosts, in their order.
///
/// Ours take the place of those that send it on, and of no others: what copies, refuses, holds, filters or routes domains
/// that it names comes first, as it did before.
///
/// Source: Exim specification, chapters 3 and 15: an address goes from router to router until one takes it.
struct EximRouting: Sendable {
    struct Router: Sendable {
        var driver: EximStructure.Driver
        var role: Role
    }

    enum Role: Sendable, Hashable {
        /// Sends mail for any domain on to other hosts: all of it, or what its conditions let through.
        case sends(all: Bool)
        /// Refuses what has come so far: there is no way out yet.
        case refusesAll
        /// Goes on deciding.
        case decides
        /// Takes no mail that ours would: is asked when addresses are verified, or for the host's own domains alone.
        case idle
    }

    let routers: [Router]
    private let lists: [String: String]

    init(_ host: EximHost) {
        self.init(host.activeRouters, in: host.structure)
    }

    init(_ drivers: [EximStructure.Driver], in structure: EximStructure) {
        let reader = RoleReader(structure)
        var routers = drivers.map { Router(driver: $0, role: reader.role(of: $0)) }
        let last = routers.lastIndex(where: \.isSender) ?? 0
        for index in routers.indices.prefix(last) where routers[index].role == .refusesAll {
            // What it spares leaves by a router behind it: it chooses, and is no way out that is missing.
            if routers[index].driver.sparesDomains { routers[index].role = .decides }
        }
        self.routers = routers
        lists = structure.domainLists
    }

    /// The routers whose place ours take, in their order: up to the first that sends everything, and behind the last
    /// that decides before it.
    var senders: [Router] {
        let all = routers.firstIndex { $0.role == .sends(all: true) || $0.role == .refusesAll }
        guard let end = all ?? routers.lastIndex(where: \.isSender) else { return [] }
        let first = routers[..<end].firstIndex(where: \.isSender) ?? end
        let last = routers[first..<end].lastIndex { $0.role == .decides }.map { $0 + 1 } ?? first
        return routers[last...end].filter(\.isSender)
    }

    /// The one before which ours are.
    var target: Router? { senders.first ?? routers.first { $0.role == .refusesAll } }

    /// The one before which ours are where they take the host's own mail as well: what delivers it comes behind them.
    var targetOfEverything: Router? {
        let first = routers.firstIndex { $0.driver.delivers && !$0.isSender }
        let target = target.flatMap { target in routers.firstIndex { $0.driver.name == target.driver.name } }
        return [first, target].compactMap(\.self).min().map { routers[$0] }
    }

    /// Routers that send some mail on before one that decides, so that ours cannot be before them.
    var above: [Router] {
        guard let target else { return [] }
        return Array(routers.prefix { $0.driver.name != target.driver.name }.filter(\.isSender))
    }

    /// Those that decide before ours.
    var deciding: [Router] {
        guard let target else { return [] }
        return routers.prefix { $0.driver.name != target.driver.name }.filter { $0.role == .decides }
    }

    /// The routers that ours are copies of, each with what it sends; where none sends, the one that refuses in their place.
    var models: [EximStructure.Driver] { senders.map(\.driver) }

    /// A router that refuses or drops mail for domains that nobody named, before ours get any.
    var refusing: Router? {
        deciding.first { $0.driver.option("driver") == "redirect" && $0.driver.refuses && $0.driver.sparesDomains }
    }

    /// Whether what no smarthost of the playbook takes goes to the domains' own mail servers.
    var sendsDirectly: Bool {
        let senders = above + senders
        return !senders.isEmpty && senders.allSatisfy { $0.driver.option("driver") == "dnslookup" }
    }

    /// The same of mail without a sender alone.
    var sendsBouncesDirectly: Bool {
        let senders = (above + senders).filter { $0.driver.takesBounces(lists) }
        return !senders.isEmpty && senders.allSatisfy { $0.driver.option("driver") == "dnslookup" }
    }

    /// Whether mail without a sender leaves through a smarthost of the host's own.
    var bouncesTo: Router? {
        let first = (above + senders).first { router in
            router.driver.takesBounces(lists)
                && !router.driver.options("condition").contains { $0.contains("sender_address") }
        }
        return first.flatMap { $0.driver.option("driver") == "dnslookup" ? nil : $0 }
    }
}

extension EximRouting.Router {
    var isSender: Bool { if case .sends = role { true } else { false } }
}

/// Tells what a router does from its options.
private struct RoleReader {
    let transports: [EximStructure.Driver]
    let lists: [String: String]

    init(_ structure: EximStructure) {
        transports = structure.allDrivers(in: "transports")
        lists = structure.domainLists
    }

    func role(of router: EximStructure.Driver) -> EximRouting.Role {
        if router.isOn("verify_only") { return .idle }
        // What happens to a copy and its original depends on the expression, if there is one.
        if router.option("unseen") != nil, !router.isOff("unseen") { return .decides }
        guard router.takesAnyDomain(lists) else { return router.takesOwnDomains ? .idle : .decides }
        switch router.option("driver") {
        case "dnslookup", "manualroute":
            guard sendsOn(router) else { return .decides }
            return .sends(all: router.conditions.isEmpty && router.hostsCondition == nil)
        case "redirect":
            let isForAll = router.option("domains") != nil && router.conditions.isEmpty
            return router.refuses && isForAll ? .refusesAll : .decides
        case "accept" where hasHosts(router) && sendsOn(router): return .sends(all: router.conditions.isEmpty)
        default: return .decides
        }
    }

    /// Whether its transport names the hosts that mail goes to, which are no filter on this one.
    private func hasHosts(_ router: EximStructure.Driver) -> Bool {
        let transport = transports.first { $0.name == router.option("transport") }
        return transport?.namesOtherHosts == true
    }

    /// Whether it is the way out, and not a filter on the host itself.
    private func sendsOn(_ router: EximStructure.Driver) -> Bool {
        let words = (router.option("transport") ?? "").words
        let known = transports.filter { words.contains($0.name) }
        if !known.isEmpty, !known.contains(where: { $0.option("driver") == "smtp" }) { return false }
        if router.isLoopFilter { return false }
        return !router.hostsAreHere
    }
}

extension EximStructure {
    /// Named lists of domains, as they are in the files.
    var domainLists: [String: String] {
        Dictionary(
            items.compactMap { item in
                if case .list("domainlist", let name, let value) = item.inForce { (name, value) } else { nil }
            },
            uniquingKeysWith: { $1 }
        )
    }
}

extension EximStructure.Driver {
    /// Every value of an option that may be given several times.
    func options(_ name: String) -> [String] {
        items.compactMap { item in
            if case .option(name, let value) = item.inForce { value ?? "" } else { nil }
        }
    }

    /// Whether a Boolean option is set, as `no_more` or `unseen = yes`.
    func isOn(_ name: String) -> Bool { option(name).map { ["", "yes", "true"].contains($0.lowercased()) } ?? false }

    func isOff(_ name: String) -> Bool {
        option(name).map { ["no", "false"].contains($0.lowercased()) } ?? false
    }

    /// Options that let only some mail through, but for domains.
    var conditions: [String] {
        [
            "senders", "condition", "local_parts", "require_files", "local_part_prefix", "local_part_suffix",
            "check_local_user",
        ].filter { option($0) != nil }
    }

    /// Whether it takes mail for the host's own domains alone, and for those that it relays to.
    fileprivate var takesOwnDomains: Bool {
        EximDomainList(option("domains") ?? "").items.allSatisfy { item in
            item.hasPrefix("!") || ["+local_domains", "+relay_to_domains"].contains(item)
        }
    }
}

extension String {
    /// The runs of letters, digits and underscores in it: names of drivers among them.
    var words: Set<String> {
        Set(split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init))
    }
}
