import MTAPlan

/// One configuration of a host's Exim, and how it would handle a message.
///
/// Source: Exim specification, chapter 3, "How Exim receives and delivers mail": an address goes from router to router until
/// one takes it.
struct EximWalk {
    let routers: [EximRouter]
    let lists: EximLists
    private let transports: EximTransports
    private let facts: Facts
    private let files: EximFiles
    private let indexes: [String: Int]
    /// Routers by the domains that they name one by one, and all others: what is asked of many domains goes past no router that
    /// is not about them.
    private let byDomain: [String: [Int]]
    private let general: [Int]
    /// An address of the host's own, for mail that was forwarded.
    private let own: String

    /// `withOurs`: Whether what is ours counts; `routes`: what it was made for.
    init(_ host: EximHost, withOurs: Bool, routes: Routes) {
        let structure = host.structure
        let active = Set(host.lines("exim.routers"))
        let drivers = withOurs ? structure.allDrivers(in: "routers") : structure.drivers(in: "routers")
        let domainLists = structure.domainLists
        let sending = Set(
            structure.allDrivers(in: "transports").filter(\.namesOtherHosts).map(\.name)
        )
        routers = drivers.filter { active.isEmpty || active.contains($0.name) || $0.start.isOurs }
            .map { EximRouter($0, domainLists, sending: sending) }
        let plain = routers.map(\.plainDomains)
        let named = plain.enumerated().flatMap { index, domains in Set(domains ?? []).map { ($0, [index]) } }
        byDomain = Dictionary(named, uniquingKeysWith: +)
        general = plain.indices.filter { plain[$0] == nil }
        lists = EximLists(host)
        transports = EximTransports(host, withOurs: withOurs, routes: routes)
        facts = host.facts
        let hubbed = host.lines("exim.hubbed").isEmpty ? ["\(host.folder)/hubbed_hosts"] : []
        files = EximFiles(host.facts, absent: Set(hubbed))
        indexes = Dictionary(routers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        own = "root@\(lists.ownDomains.first { $0.contains(".") } ?? host.facts.hostName)"
    }

    /// `isNamed`: Whether a router of the host's own takes mail for the domain by its name.
    func answer(to probe: Probe) -> (handling: Handling, isNamed: Bool) {
        let trip = trip(of: probe)
        return (trip.handling, trip.isNamed)
    }

    /// The routers of which it cannot be determined whether they take a message.
    func doubts(of probe: Probe) -> [EximRouter] { trip(of: probe).doubtful }

    private func trip(of probe: Probe) -> EximTrip {
        var start = 0
        if case .forwarded(let router) = probe.origin, let at = indexes[router] {
            start = routers[at].redirection.flatMap { indexes[$0] } ?? 0
        }
        var message = EximMessage(probe, forwardedFor: own, on: facts, files, lists)
        var trip = EximTrip(isOwn: lists.isOwn(message.domain))
        var failed: Set<String> = []
        let candidates = (general + (byDomain[message.domain] ?? [])).filter { $0 >= start }.sorted()
        for router in candidates.map({ routers[$0] })
        where router.kind != .nothing || router.options["address_data"] != nil {
            var open: [String] = []
            switch router.taking(message, lists) {
            case .takes: break
            case .passes: continue
            case .perhaps(let found):
                let conditions = found.map(\.text)
                if conditions.contains(where: failed.contains) { continue }
                open = found.map(\.written)
                // Behind a router that would have taken the message by one condition, that condition does not hold.
                if conditions.count == 1, !router.isCopy { failed.insert(conditions[0]) }
            }
            message.pass(router)
            if trip.add(router, open: open, message, transports, lists) { return trip }
        }
        trip.end()
        return trip
    }
}

/// What happened to a message on its way through the routers.
private struct EximTrip {
    let isOwn: Bool
    private(set) var doubtful: [EximRouter] = []
    private(set) var isNamed = false
    private var ways: [String] = []
    /// Each with how many ways out come before it.
    private var decided: [(name: String, answers: Int)] = []
    private var copies: [String] = []
    private var refusals: [String] = []
    private var filters: [String] = []
    private var answers: [EximTransports.Answer] = []
    private var place: Handling.Place?

    init(isOwn: Bool) { self.isOwn = isOwn }

    /// Whether the way of the message ends here.
    mutating func add(
        _ router: EximRouter,
        open: [String],
        _ message: EximMessage,
        _ transports: EximTransports,
        _ lists: EximLists
    ) -> Bool {
        if router.kind == .nothing { return false }
        let isCertain = open.isEmpty
        if !isCertain { doubtful.append(router) }
        let name = isCertain ? router.name : "perhaps \(router.name)"
        if router.isCopy {
            copies.append(name)
            return false
        }
        switch router.kind {
        case .remote(let isByName):
            let decides = (isByName || router.names(message.domain, lists)) && !isOwn
            if decides { decide(name) }
            isNamed = isNamed || decides && isCertain
            if !decides || isCertain { answers += transports.answers(of: router, open: open, message) }
        case .filter: filters.append("\(name) to \(router.options["route_list"] ?? router.options["route_data"] ?? "")")
        case .refuses(let isNoWayOut):
            let data = EximOptions.value(router.options["data"] ?? "", of: "data")
            if isNoWayOut { ways.append(name) } else { refusals.append("\(name) \(data)") }
        case .redirects, .keeps: if isOwn { ways.append(name) } else { decide(name) }
        case .nothing: break
        }
        if isCertain { finish(router) }
        return isCertain
    }

    private mutating func decide(_ name: String) { decided.append((name, answers.count)) }

    private mutating func finish(_ router: EximRouter) {
        switch router.kind {
        // Ours take the host's own mail only where that is asked for.
        case .remote: place = isOwn && !router.options.isOurs ? .host : answers.last?.place
        case .filter, .refuses: place = isOwn ? .host : .elsewhere
        case .redirects, .keeps, .nothing: place = isOwn ? .host : .elsewhere
        }
    }

    /// No router is left.
    mutating func end() {
        place = isOwn ? .host : answers.last?.place ?? .elsewhere
        if answers.isEmpty { ways.append("no router") }
        // Behind the last way out a rule decides only what that left.
        guard !answers.isEmpty else { return }
        ways += decided.filter { $0.answers == answers.count }.map(\.name)
        decided.removeAll { $0.answers == answers.count }
    }

    var handling: Handling {
        var handling = Handling(place ?? .elsewhere)
        for property in Handling.Property.allCases {
            handling[property] = EximTransports.Answer.together(answers, property)
        }
        handling[.way] = (ways + [handling[.way]].compactMap(\.self)).joined(separator: "; ")
        handling[.decidedBefore] = decided.map(\.name).joined(separator: "; ")
        handling[.copies] = copies.joined(separator: "; ")
        handling[.refusal] = refusals.joined(separator: "; ")
        handling[.filter] = (filters + [handling[.filter]].compactMap(\.self)).joined(separator: "; ")
        return handling
    }
}
