import MTAPlan

/// A router of the host's that mail leaves by, as the model of ours: with its conditions, its headers and its transports,
/// so that only the next hop differs.
struct EximModel: Sendable {
    /// What its routers have behind the name of a service: nothing, or `__lookuphost_forward`.
    var suffix = ""
    /// Whole lines: conditions first.
    var lines: [String] = []
    /// The items of `domains` that are its own.
    var domains: [String] = []
    /// The same as they are written: with the names of macros, where these are known above all routers.
    var writtenDomains: [String] = []
    /// The host's expression of its transport, where that is more than a name.
    var transport: String?
    /// The host's transports that it may choose, ours of which have these suffixes.
    var suffixes: [String: String] = [:]
    /// The host's router.
    var driver: EximStructure.Driver?

    /// The name of our transport for a service, or the expression that chooses one of them.
    func transport(_ service: String) -> String {
        guard let transport, let choice = EximChoice(transport) else { return service + (suffixes.values.first ?? "") }
        return choice.text { name in suffixes[name].map { service + $0 } ?? name }
    }

    /// Whether an item of a list of domains leaves nothing out but what is the host's own.
    static func isForAll(_ item: String) -> Bool {
        ["*", "!+local_domains", "!+relay_to_domains"].contains(item.filter { $0 != " " && $0 != "\t" })
    }

    /// The items of a router's `domains` that ours need behind those that leave the host's own out, in their order.
    ///
    /// `rows`: Domains for which the router has hosts of their own: their mail stays with it.
    static func domains(of router: EximStructure.Driver, rows: [String]) -> [String] {
        let items = EximDomainList(router.option("domains") ?? "").items
        let own = items.filter { !isForAll($0) }
        // Behind an item that takes something in, the last one says whether all others are taken too.
        let kept = own.last.map { $0.hasPrefix("!") } ?? true ? own : items
        return rows.map { "! \($0)" } + kept
    }
}

/// What our transports have of one of the host's.
struct EximTwin: Sendable {
    /// Behind the name of a service.
    var suffix = ""
    /// Whole lines.
    var lines: [String] = []
    /// The host's transport.
    var driver: EximStructure.Driver?
    /// Whether it rewrites the return path itself: for mail that is forwarded.
    var rewritesReturnPath = false
}

/// The routers that are ours to copy, and the transports with them.
struct EximModels: Sendable {
    private(set) var models: [EximModel] = []
    private(set) var twins: [EximTwin] = []
    private let host: EximHost
    private let own: Set<String>
    private let inlining: Bool
    private var suffixes: [String: String] = [:]

    /// Options of routers that decide which mail takes them, or what happens to it on its way.
    static let carriedOptions: Set = [
        "condition", "senders", "local_parts", "local_part_prefix", "local_part_prefix_optional", "local_part_suffix",
        "local_part_suffix_optional", "require_files", "check_local_user", "address_data", "set", "headers_add",
        "headers_remove", "errors_to", "user", "group", "initgroups", "caseful_local_part", "translate_ip_address",
        "disable_logging", "dsn_lasthop",
    ]

    /// Those of them that only choose mail.
    static let conditions: Set = [
        "condition", "senders", "local_parts", "local_part_prefix", "local_part_prefix_optional", "local_part_suffix",
        "local_part_suffix_optional", "require_files", "check_local_user",
    ]

    /// `main`: The transport that most mail leaves by; `own`: options of transports that are left out; `inlining`: whether
    /// the options of files that a transport includes are taken over.
    ///
    /// - Throws: Where a router chooses its transport in a way that cannot be determined.
    init(
        of routers: [EximStructure.Driver],
        main: EximStructure.Driver,
        on host: EximHost,
        without own: Set<String>,
        inlining: Bool = true
    ) throws(Failure) {
        (self.host, self.own, self.inlining) = (host, own, inlining)
        add(main, "")
        let routers = routers.enumerated().filter { index, router in
            !isRedundant(router, before: routers[(index + 1)...])
        }.map(\.element)
        for router in routers.dropLast() { try add(router, suffix: "__" + router.name) }
        if let last = routers.last { try add(last, suffix: "") }
        if routers.isEmpty { models = [EximModel(suffixes: [main.name: ""])] }
    }

    /// Whether a router to a smarthost for some mail adds nothing to what those behind it do with the same mail.
    private func isRedundant(_ router: EximStructure.Driver, before others: ArraySlice<EximStructure.Driver>) -> Bool {
        guard router.option("driver") != "dnslookup", let last = others.last, last.conditions.isEmpty,
            last.hostsCondition == nil
        else { return false }
        return others.allSatisfy { effect(of: $0) == effect(of: router) }
    }

    /// What a router does with mail that it takes, and its transports.
    private func effect(of router: EximStructure.Driver) -> [String] {
        let rows = router.rows(host.structure.domainLists)
        let choices = EximChoice(router.option("transport") ?? "")?.names ?? [router.name]
        let transports = host.structure.drivers(in: "transports").filter { choices.contains($0.name) }
        return host.lines(of: router, keeping: Self.carriedOptions.subtracting(Self.conditions))
            + EximModel.domains(of: router, rows: rows) + (choices.count == 1 ? [] : choices)
            + transports.flatMap(lines)
    }

    private mutating func add(_ router: EximStructure.Driver, suffix: String) throws(Failure) {
        let lines = host.lines(of: router, keeping: Self.carriedOptions)
        var model = EximModel(suffix: suffix, lines: lines, driver: router)
        if let condition = router.hostsCondition { model.lines.append("  condition = \(condition)") }
        let rows = router.rows(host.structure.domainLists)
        if rows.contains(where: { $0.contains { ":\"{} ".contains($0) } }) { throw .rowsOfTheirOwn(router) }
        model.domains = EximModel.domains(of: router, rows: rows)
        model.writtenDomains = written(model.domains, of: router, behind: rows.count)
        let expression = router.option("transport") ?? ""
        guard let choice = EximChoice(expression) else { throw .unknownTransport(router) }
        let transports = host.structure.drivers(in: "transports")
        for name in choice.names {
            guard let transport = transports.first(where: { $0.name == name }) else { throw .unknownTransport(router) }
            if suffixes[name] == nil { add(transport, "__" + name) }
            model.suffixes[name] = suffixes[name]
        }
        if choice.names != [expression] { model.transport = expression }
        try checkNames(in: model, router)
        models.append(model)
    }

    /// With the name of a macro, where it is known above all routers and stands for items that are all kept.
    ///
    /// `rows`: How many come before those of the router's `domains`.
    private func written(_ values: [String], of router: EximStructure.Driver, behind rows: Int) -> [String] {
        guard let written = router.written("domains"), let start = host.structure.beginning(of: "routers"),
            written != router.option("domains"),
            EximDefinitions(host).first(from: start, to: router, in: [written]) == nil
        else { return values }
        let items = EximDomainList(router.option("domains") ?? "").items
        let texts = EximDomainList(written).items
        let head = zip(texts, items).prefix { $0 == $1 }.count
        let tail = zip(texts.reversed(), items.reversed()).prefix { $0 == $1 }.count
        // One item alone has macros, so that all between the others is what it stands for.
        guard texts.count == head + 1 + tail, head + tail <= items.count else { return values }
        let meant = items[head..<(items.count - tail)]
        let kept = values.dropFirst(rows)
        guard !meant.isEmpty, let at = kept.indices.first(where: { kept[$0...].starts(with: meant) }) else {
            return values
        }
        return Array(values[..<at]) + [texts[head]] + values[(at + meant.count)...]
    }

    /// A string that asks for the name of the router or transport that it is in would come to another one in ours.
    private func checkNames(in model: EximModel, _ router: EximStructure.Driver) throws(Failure) {
        let used = twins.filter { twin in twin.driver.map { model.suffixes[$0.name] != nil } ?? false }
        for name in ["router_name", "transport_name"] {
            let isAsked = { (line: String) in line.contains("$\(name)") || line.contains("${\(name)}") }
            if model.lines.contains(where: isAsked) { throw .ownName(router, "router", name) }
            if let twin = used.first(where: { $0.lines.contains(where: isAsked) }), let driver = twin.driver {
                throw .ownName(driver, "transport", name)
            }
        }
    }

    private mutating func add(_ transport: EximStructure.Driver, _ suffix: String) {
        suffixes[transport.name] = suffix
        twins.append(
            EximTwin(
                suffix: suffix,
                lines: lines(of: transport),
                driver: transport,
                rewritesReturnPath: transport.rewritesForwarded
            )
        )
    }

    private func lines(of transport: EximStructure.Driver) -> [String] {
        var transport = transport
        if !inlining { transport.items.removeAll { $0.place.file != transport.start.place.file } }
        // What forwarded mail needs beats what the playbook rewrites.
        let own = transport.rewritesForwarded ? own.subtracting(["return_path"]) : own
        return EximRemoteTransport(driver: transport).lines(without: own) { host.text(of: $0) }
    }

    /// Has most mail choose between the main transport and one for forwarded mail, as a router does that goes away.
    ///
    /// Nothing where the host's own routers see to that themselves.
    mutating func keep(_ forwarding: OtherSmarthost.Forwarding) {
        guard !twins.contains(where: \.rewritesReturnPath), !models.isEmpty, EximChoice(forwarding.expression) != nil
        else { return }
        let suffix = "__" + forwarding.name
        twins.append(EximTwin(suffix: suffix, lines: twins[0].lines + forwarding.lines, rewritesReturnPath: true))
        let model = models.count - 1
        models[model].transport = forwarding.expression
        models[model].suffixes[forwarding.name] = suffix
        for name in forwarding.others { models[model].suffixes[name] = "" }
    }
}
