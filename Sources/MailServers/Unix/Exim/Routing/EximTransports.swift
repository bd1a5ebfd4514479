import MTAPlan

/// The transports of one configuration, and what they make of a message that a router gives them.
struct EximTransports {
    /// One of the ways that a message may leave by.
    struct Answer {
        var place: Handling.Place
        /// When it is taken, where that cannot be determined.
        var condition: String?
        var values: [Handling.Property: String] = [:]

        /// One text for a property of all answers: its value, where they agree.
        static func together(_ answers: [Answer], _ property: Handling.Property) -> String? {
            let values = answers.map { $0.values[property] ?? "" }
            if Set(values).count <= 1 { return values.first }
            return zip(answers, values).map { answer, value in
                let word = value.isEmpty ? "none" : value
                return answer.condition.map { "\(word) if \($0)" } ?? word
            }.joined(separator: "; ")
        }
    }

    private let transports: [String: EximOptions]
    private let host: EximHost
    private let lists: EximLists
    private let routes: Routes
    private let services: [String: EximService]
    private let logins: EximFiles
    private let loginsPath: String

    init(_ host: EximHost, withOurs: Bool, routes: Routes) {
        let drivers = withOurs ? host.structure.allDrivers(in: "transports") : host.structure.drivers(in: "transports")
        transports = Dictionary(
            drivers.map { ($0.name, EximOptions($0)) },
            uniquingKeysWith: { first, _ in first }
        )
        self.host = host
        lists = EximLists(host)
        self.routes = routes
        services = Dictionary(routes.eximServices.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        logins = EximFiles(host.facts)
        loginsPath = "\(host.folder)/\(EximLookupFile.Name.logins.rawValue)"
    }

    /// `open`: The conditions of the router that cannot be determined.
    func answers(of router: EximRouter, open: [String], _ message: EximMessage) -> [Answer] {
        let expression = router.options["transport"] ?? ""
        let condition = open.isEmpty ? nil : open.joined(separator: " and ")
        let names: [String]
        if let name = message.expansion.value(of: expression).text {
            names = [name]
        } else {
            names = (EximChoice(expression)?.names ?? expression.orderedWords).filter { transports[$0] != nil }
        }
        return names.enumerated().map { index, name in
            let choice = names.count > 1 ? Self.choice(index, expression, names) : nil
            let parts = [condition, choice].compactMap(\.self)
            return answer(router, name, message, parts.isEmpty ? nil : parts.joined(separator: " and "))
        }
    }

    /// Which of several transports, with their places in the expression in place of their names.
    private static func choice(_ index: Int, _ expression: String, _ names: [String]) -> String {
        if let choice = EximChoice(expression) {
            let text = choice.text { name in names.firstIndex(of: name).map { "(\($0 + 1))" } ?? name }
            return "\(text.filter { !$0.isWhitespace && $0 != "\\" }) gives (\(index + 1))"
        }
        var text = expression.filter { !$0.isWhitespace && $0 != "\\" }
        for (index, name) in names.enumerated().sorted(by: { $0.element.count > $1.element.count }) {
            text = text.replacing(name, with: "(\(index + 1))")
        }
        return "\(text) gives (\(index + 1))"
    }

    private func answer(_ router: EximRouter, _ name: String, _ message: EximMessage, _ condition: String?) -> Answer {
        let transport = transports[name]
        var answer = Answer(place: .direct, condition: condition)
        answer.values[.way] = "\(router.name), \(name)"
        if router.options["driver"] == "manualroute" || transport?["hosts"] != nil {
            answer.place = .relay
            let hosts =
                router.entry(for: message.domain, lists)?.hosts ?? router.hosts
                ?? EximDomainList.split(transport?["hosts"] ?? "")
            let parts = hosts.map { Self.port(in: $0) }
            answer.values[.nextHop] = parts.map(\.host).joined(separator: ", ")
            let port = parts.first?.port ?? transport?["port"]
            answer.values[.port] = port ?? (transport?["protocol"] == "smtps" ? "465" : "25")
        }
        guard let transport, transport["driver"] == "smtp" else { return answer }
        answer.values[.tls] = Self.tls(transport)
        answer.values[.login] = login(transport, message)
        for (property, value) in Self.carried(by: router.options, transport, message, isOurs: router.options.isOurs) {
            answer.values[property] = value
        }
        if transport.isOurs {
            answer.values[.returnPath] = returnPath(transport, message) ?? answer.values[.returnPath]
        }
        return answer
    }

    /// `mail.example.net:587` and its port; of an address of IPv6 the port is elsewhere.
    private static func port(in host: String) -> (host: String, port: String?) {
        let parts = host.split(separator: ":")
        return parts.count == 2 && !host.contains("::") ? (String(parts[0]), String(parts[1])) : (host, nil)
    }

    private static func tls(_ transport: EximOptions) -> String {
        if transport["tls_verify_hosts"] == "*" { return TLSPolicy.verified.rawValue }
        if transport["hosts_avoid_tls"] == "*" { return TLSPolicy.none.rawValue }
        guard let required = transport["hosts_require_tls"] else { return TLSPolicy.opportunistic.rawValue }
        return required == "*" ? TLSPolicy.required.rawValue : "required for \(required)"
    }

    // MARK: Logins

    private func login(_ transport: EximOptions, _ message: EximMessage) -> String? {
        guard transport.isOurs else {
            let hosts = transport["hosts_require_auth"] ?? transport["hosts_try_auth"]
            return hosts.map { "the host's own for \($0)" }
        }
        guard transport["hosts_require_auth"] != nil else { return nil }
        let domain = message.sender.split(separator: "@").last.map { "@\($0)" } ?? ""
        for key in ["\(transport.name)/\(message.sender)", "\(transport.name)/\(domain)", transport.name] {
            guard case .found(let row) = logins.find(key, "lsearch", loginsPath) else { continue }
            return row.firstRange(of: "user=\"").map { start in
                var user = ""
                var rest = row[start.upperBound...]
                while let character = rest.popFirst(), character != "\"" {
                    user.append(character == "\\" ? rest.popFirst() ?? character : character)
                }
                return user
            }
        }
        return "a login of its list"
    }

    /// What ours put in place of the envelope's sender, where the playbook asks for that.
    private func returnPath(_ transport: EximOptions, _ message: EximMessage) -> String? {
        guard let option = transport["return_path"], option.contains(EximLookupFile.Name.returnPath.rawValue) else {
            return nil
        }
        guard let rewrite = routes.returnPath, rewrite.covers(message.sender) else { return "" }
        return rewrite.to
    }

    // MARK: What is carried over

    private static let kinds: [String: Handling.Property] = [
        "interface": .sourceAddress, "helo_data": .helo, "return_path": .returnPath, "errors_to": .returnPath,
        "headers_add": .headers, "headers_remove": .headers, "headers_rewrite": .headers, "transport_filter": .filter,
        "max_rcpt": .limits, "message_size_limit": .limits, "hosts_max_try": .limits, "max_parallel": .limits,
        "serialize_hosts": .limits, "hosts_max_try_hardlimit": .limits, "multi_domain": .limits,
    ]

    private static func carried(
        by router: EximOptions,
        _ transport: EximOptions,
        _ message: EximMessage,
        isOurs: Bool
    ) -> [Handling.Property: String] {
        var values: [Handling.Property: [String]] = [:]
        let fromRouter = router.all.filter { ["errors_to", "headers_add", "headers_remove"].contains($0.name) }
        let left = EximBlocks.ownOptions.union(["debug_print"])
        for (name, _, written) in fromRouter + transport.all where !left.contains(name) {
            let property =
                kinds[name] ?? (name.hasPrefix("dkim_") || name.hasPrefix("arc_") ? .signature : .otherOptions)
            let text = written.replacing("$address_data", with: message.addressData).filter { $0 != "\\" }
            let value = EximOptions.value(text.split(whereSeparator: \.isWhitespace).joined(separator: " "), of: name)
            let isItself = [.sourceAddress, .helo, .returnPath].contains(property)
            values[property, default: []].append(isItself ? value : "\(name) \(value)")
        }
        return values.mapValues { $0.joined(separator: ", ") }
    }
}

extension String {
    /// The runs of letters, digits and underscores in it, in their order, each once.
    fileprivate var orderedWords: [String] {
        var seen: Set<String> = []
        return split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init)
            .filter { seen.insert($0).inserted }
    }
}
