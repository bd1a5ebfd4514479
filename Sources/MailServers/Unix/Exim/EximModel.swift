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
    /// The host's expression of its transport, where that is more than a name.
    var transport: String?
    /// The host's transports that it may choose, ours of which have these suffixes.
    var suffixes: [String: String] = [:]

    /// The name of our transport for a service, or the expression that chooses one of them.
    func transport(_ service: String) -> String {
        guard let transport else { return service + (suffixes.values.first ?? "") }
        var result = ""
        var word = ""
        for character in transport + " " {
            if character.isASCII, character.isLetter || character.isNumber || character == "_" {
                word.append(character)
                continue
            }
            result += suffixes[word].map { service + $0 } ?? word
            word = ""
            result.append(character)
        }
        return String(result.dropLast())
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
        for router in routers.dropLast() { try add(router, suffix: "__" + router.name) }
        if let last = routers.last { try add(last, suffix: "") }
        if routers.isEmpty { models = [EximModel(suffixes: [main.name: ""])] }
    }

    private mutating func add(_ router: EximStructure.Driver, suffix: String) throws(Failure) {
        var model = EximModel(suffix: suffix, lines: host.lines(of: router, keeping: Self.carriedOptions))
        model.domains = EximDomainList(router.option("domains") ?? "").items.filter { item in
            !["*", "!+local_domains", "!+relay_to_domains"].contains(item.filter { $0 != " " && $0 != "\t" })
        }
        let expression = router.option("transport") ?? ""
        let names = expression.words
        for transport in host.structure.drivers(in: "transports") where names.contains(transport.name) {
            if suffixes[transport.name] == nil { add(transport, "__" + transport.name) }
            model.suffixes[transport.name] = suffixes[transport.name]
        }
        if model.suffixes.isEmpty { throw .unknownTransport(router) }
        if model.suffixes.keys.first != expression { model.transport = expression }
        models.append(model)
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
        guard !twins.contains(where: \.rewritesReturnPath), !models.isEmpty else { return }
        let suffix = "__" + forwarding.name
        twins.append(EximTwin(suffix: suffix, lines: twins[0].lines + forwarding.lines, rewritesReturnPath: true))
        let model = models.count - 1
        models[model].transport = forwarding.expression
        models[model].suffixes[forwarding.name] = suffix
        for name in forwarding.others { models[model].suffixes[name] = "" }
    }
}
