import MTAPlan

/// A router of one configuration, read once for many messages.
struct EximRouter: Sendable {
    /// What happens to mail that it takes.
    enum Kind: Sendable, Hashable {
        /// Other hosts, for any domain or for those that it names.
        case remote(named: Bool)
        /// A program on the host itself, which gives it back.
        case filter
        /// `:fail:` and its like; `isNoWayOut` where it stands for a way out that is missing.
        case refuses(isNoWayOut: Bool)
        /// Other addresses.
        case redirects
        /// A mailbox, a file or a program.
        case keeps
        /// Nothing: it is asked for other purposes than delivery, or declines all mail.
        case nothing
    }

    let options: EximOptions
    let kind: Kind
    let isCopy: Bool
    var name: String { options.name }

    init(_ driver: EximStructure.Driver, _ macros: EximMacros, in structure: EximStructure) {
        options = EximOptions(driver, macros)
        isCopy = options["unseen"] != nil && options.isOn("unseen") != false
        kind = Self.kind(driver, options, structure)
    }

    private static func kind(_ driver: EximStructure.Driver, _ options: EximOptions, _ structure: EximStructure) -> Kind
    {
        if options.isOn("verify_only") == true { return .nothing }
        switch options["driver"] {
        case "manualroute", "dnslookup":
            if driver.hostsAreHere || driver.isLoopFilter { return .filter }
            return .remote(named: !driver.takesAnyDomain(structure.domainLists))
        case "redirect":
            let data = (options["data"] ?? "").trimmingBlanks
            if data.isEmpty, options["file"] == nil { return .nothing }
            guard [":fail:", ":defer:", ":blackhole:"].contains(where: data.hasPrefix) else { return .redirects }
            let isForAll = driver.takesAnyDomain(structure.domainLists) && options["domains"] != nil
            return .refuses(isNoWayOut: isForAll && driver.conditions.isEmpty)
        case "ipliteral": return .nothing
        default: return .keeps
        }
    }

    /// The router at which redirected addresses continue.
    var redirection: String? { options["redirect_router"] }

    // MARK: Conditions

    /// Whether a router takes a message.
    enum Taking: Hashable {
        case takes
        case passes
        /// It depends on these conditions, each of which would have to hold.
        case perhaps([String])
    }

    func taking(_ message: EximMessage, _ lists: EximLists) -> Taking {
        let answers = conditions(on: message, lists)
        if answers.contains(where: { $0.holds == false }) { return .passes }
        let open = answers.filter { $0.holds == nil }.map(\.text)
        return open.isEmpty ? .takes : .perhaps(open)
    }

    private typealias Answer = (text: String, holds: Bool?)

    private func conditions(on message: EximMessage, _ lists: EximLists) -> [Answer] {
        let expansion = message.expansion
        var answers: [Answer] = []
        if let domains = options["domains"] {
            answers.append(("domains \(domains)", Self.list(domains, expansion) { lists.contains(message.domain, $0) }))
        }
        if let senders = options["senders"] {
            let holds = Self.list(senders, expansion) { lists.contains(sender: message.sender, $0) }
            answers.append(("senders \(senders)", holds))
        }
        if let parts = options["local_parts"] {
            let holds = Self.list(parts, expansion) { lists.contains(localPart: message.localPart, $0) }
            answers.append(("local_parts \(parts)", holds))
        }
        for affix in ["local_part_prefix", "local_part_suffix"] where options[affix] != nil {
            if options.isOn("\(affix)_optional") == false { answers.append(("\(affix) of \(name)", nil)) }
        }
        if let files = options["require_files"] { answers.append(("require_files \(files)", nil)) }
        if options.isOn("check_local_user") == true { answers.append(("local user", message.localPart == "root")) }
        answers += options.values("condition").map { ("condition \($0)", expansion.value(of: $0).holds) }
        return answers + [("hosts of \(name)", hasHosts(for: message))]
    }

    private static func list(_ text: String, _ expansion: EximExpansion, _ contains: (String) -> Bool?) -> Bool? {
        guard text.contains("$") else { return contains(text) }
        switch expansion.value(of: text) {
        case .known(let list): return contains(list)
        case .failed: return false
        case .any, .unknown: return nil
        }
    }

    /// Whether a manualroute router has hosts for the domain, and a redirect router addresses.
    private func hasHosts(for message: EximMessage) -> Bool? {
        switch options["driver"] {
        case "manualroute":
            if let list = options["route_list"] {
                let domains = EximRouteList(list).entries.map { $0.domain }
                return EximTruth.or(
                    domains.map { domain in
                        if ["*", "$domain"].contains(domain) { return true }
                        if domain.hasPrefix("*") { return message.domain.hasSuffix(domain.dropFirst().lowercased()) }
                        return domain.contains { "$+!@^;".contains($0) } ? nil : domain.lowercased() == message.domain
                    }
                )
            }
            return Self.isThere(message.expansion.value(of: options["route_data"] ?? ""))
        case "redirect":
            guard case .redirects = kind, options["file"] == nil else { return kind == .redirects ? nil : true }
            return Self.isThere(message.expansion.value(of: options["data"] ?? ""))
        case "dnslookup" where options.isOn("check_secondary_mx") != false: return nil
        default: return true
        }
    }

    private static func isThere(_ value: EximValue) -> Bool? {
        switch value {
        case .known(let text): !text.trimmingBlanks.isEmpty
        case .failed: false
        case .any, .unknown: nil
        }
    }

    /// Its conditions as they are in the file.
    var conditions: [String] {
        options.shown(["domains", "senders", "local_parts", "require_files", "condition", "route_data", "data"])
    }
}

/// A message as it goes from router to router.
struct EximMessage {
    let sender: String
    let domain: String
    let localPart: String
    var expansion: EximExpansion
    /// What routers left in `$address_data`, as text in which nothing is expanded.
    var addressData = ""

    init(_ probe: Probe, forwardedFor original: String, on facts: Facts, _ files: EximFiles) {
        let to = Self.split(probe.recipient)
        let from = Self.split(probe.sender)
        (sender, domain, localPart) = (probe.sender, to.domain, to.local)
        let first = probe.origin.isForwarded ? Self.split(original) : to
        var values: [String: EximValue] = [
            "sender_address": .known(probe.sender), "return_path": .known(probe.sender),
            "sender_address_local_part": .known(from.local), "sender_address_domain": .known(from.domain),
            "domain": .known(to.domain), "local_part": .known(to.local), "original_domain": .known(first.domain),
            "original_local_part": .known(first.local), "primary_hostname": .known(facts.hostName),
            "address_data": .known(""),
        ]
        let arrival: (protocol: EximValue, port: EximValue, client: EximValue) =
            switch probe.origin {
            case .local: (.known("local"), .known(""), .known(""))
            case .outside, .forwarded: (.known("esmtp"), .known("25"), .known(Self.stranger))
            case .filter: (.any, .any, .known("127.0.0.1"))
            }
        values["received_protocol"] = arrival.protocol
        for name in ["interface_port", "received_port"] { values[name] = arrival.port }
        values["sender_host_address"] = arrival.client
        expansion = EximExpansion(variables: values, files: files)
    }

    /// Of RFC 5737: nobody's.
    private static let stranger = "203.0.113.25"

    private static func split(_ address: String) -> (local: String, domain: String) {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count > 1, let domain = parts.last else { return (address, "") }
        return (parts.dropLast().joined(separator: "@"), domain.lowercased())
    }

    /// A router that could take the message leaves its values, whether it takes it or not.
    mutating func pass(_ router: EximRouter) {
        guard let data = router.options.all.first(where: { $0.name == "address_data" }) else { return }
        addressData = data.written.replacing("$address_data", with: addressData)
        expansion.variables["address_data"] = expansion.value(of: data.value)
    }
}
