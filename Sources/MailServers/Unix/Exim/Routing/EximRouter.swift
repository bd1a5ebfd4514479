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
    /// When it has hosts at all, where that is not always so.
    let hostsCondition: String?
    /// The rows of its `route_list`.
    private let rows: EximRows
    /// Whether there are others than the one for all domains.
    private let isMixed: Bool
    private let domains: EximPatterns?
    /// The hosts that are named first: `nil` where there are neither `route_list` nor `route_data`.
    let hosts: [String]?
    private let namedLists: [String: String]
    var name: String { options.name }

    /// `lists`: The named lists of domains; `sending`: transports that name the hosts that mail goes to.
    init(_ driver: EximStructure.Driver, _ lists: [String: String], sending: Set<String>) {
        options = EximOptions(driver)
        isCopy = options["unseen"] != nil && options.isOn("unseen") != false
        hostsCondition = driver.hostsCondition
        namedLists = lists
        isMixed = !driver.rows(lists).isEmpty
        rows = EximRows(EximRouteList(options["route_list"] ?? "").entries)
        let isWhole = options["route_list"] != nil
        let data = options["route_data"].map { EximRouteList("* \($0)").entries.first?.hosts ?? [] }
        hosts = isWhole ? rows.entries.first?.hosts ?? [] : data
        domains = options["domains"].flatMap { $0.contains("$") ? nil : EximPatterns(EximDomainList($0).items) }
        let isAccept = options["driver"] == "accept" && !driver.isLoopFilter
        let isRemote = isAccept && sending.contains(options["transport"] ?? "")
        kind = isRemote ? .remote(named: !driver.takesAnyDomain(lists)) : Self.kind(driver, options, lists)
    }

    private static func kind(_ driver: EximStructure.Driver, _ options: EximOptions, _ lists: [String: String]) -> Kind
    {
        if options.isOn("verify_only") == true { return .nothing }
        switch options["driver"] {
        case "manualroute", "dnslookup":
            if driver.hostsAreHere || driver.isLoopFilter { return .filter }
            return .remote(named: !driver.takesAnyDomain(lists))
        case "redirect":
            let data = (options["data"] ?? "").trimmingBlanks
            if data.isEmpty, options["file"] == nil { return .nothing }
            guard [":fail:", ":defer:", ":blackhole:"].contains(where: data.hasPrefix) else { return .redirects }
            let isForAll = driver.takesAnyDomain(lists) && options["domains"] != nil
            return .refuses(isNoWayOut: isForAll && driver.conditions.isEmpty)
        case "ipliteral": return .nothing
        default: return .keeps
        }
    }

    /// Its options `condition`, each as one.
    private func conditions(by expansion: EximExpansion) -> [Condition] {
        options.all.filter { $0.name == "condition" }.map { condition in
            (
                { "condition \(Self.leftOpen(condition.value, expansion))" },
                { "condition = \(Self.leftOpen(condition.written, expansion))" },
                { expansion.value(of: condition.value).holds }
            )
        }
    }

    private func shown(_ name: String) -> String { options.shown([name]).joined(separator: " and ") }

    /// The domains that it names one by one, where it takes no others; `nil` where more decides.
    var plainDomains: [String]? {
        guard let domains = options["domains"], !domains.contains("$") else { return nil }
        let items = EximDomainList(domains).items
        // `+` is before the name of a list.
        let isPlain = !items.isEmpty && items.allSatisfy { $0.isPlainName && !$0.contains("+") }
        return isPlain ? items.map { $0.lowercased() } : nil
    }

    /// The row of its `route_list` that a domain takes, where there are several.
    func entry(for domain: String, _ lists: EximLists) -> EximRouteList.Entry? {
        isMixed ? rows.first(for: domain, lists) : nil
    }

    /// Whether a row of its `route_list` is for a domain by its name.
    func names(_ domain: String, _ lists: EximLists) -> Bool {
        guard isMixed else { return false }
        return entry(for: domain, lists).map { !$0.isForAnyDomain { namedLists[$0] } } ?? true
    }

    /// Domains that it names, as a list has them.
    var namedDomains: String {
        ([options["domains"] ?? ""] + (isMixed ? rows.entries.map(\.domain) : [])).joined(separator: ":")
    }

    /// The router at which redirected addresses continue.
    var redirection: String? { options["redirect_router"] }

    // MARK: Conditions

    /// Whether a router takes a message.
    enum Taking: Hashable {
        case takes
        case passes
        /// It depends on these conditions, each of which would have to hold.
        case perhaps([Open])
    }

    /// A condition that cannot be determined.
    struct Open: Hashable {
        var text: String
        /// With the names of macros, which may hold secrets.
        var written: String
    }

    func taking(_ message: EximMessage, _ lists: EximLists) -> Taking {
        var open: [Open] = []
        // Most routers pass by the first that does not hold, so that the others need not be looked at.
        for condition in conditions(on: message, lists) {
            switch condition.holds() {
            case true?: continue
            case false?: return .passes
            case nil: open.append(Open(text: condition.text(), written: condition.written()))
            }
        }
        return open.isEmpty ? .takes : .perhaps(open)
    }

    private typealias Condition = (text: () -> String, written: () -> String, holds: () -> Bool?)

    private func conditions(on message: EximMessage, _ lists: EximLists) -> [Condition] {
        let expansion = message.expansion
        var conditions: [Condition] = []
        func add(
            _ text: @autoclosure @escaping () -> String,
            as written: @autoclosure @escaping () -> String,
            _ holds: @autoclosure @escaping () -> Bool?
        ) {
            conditions.append((text, written, holds))
        }
        if let domains = options["domains"] {
            add(
                "domains \(domains)",
                as: shown("domains"),
                self.domains.map { lists.contains(message.domain, $0) }
                    ?? Self.list(domains, expansion) { lists.contains(message.domain, $0) }
            )
        }
        if let senders = options["senders"] {
            add(
                "senders \(senders)",
                as: shown("senders"),
                Self.list(senders, expansion) { lists.contains(sender: message.sender, $0) }
            )
        }
        if let parts = options["local_parts"] {
            let isIn = { lists.contains(localPart: message.localPart, $0) }
            add("local_parts \(parts)", as: shown("local_parts"), Self.list(parts, expansion, isIn))
        }
        for affix in ["local_part_prefix", "local_part_suffix"] where options[affix] != nil {
            if options.isOn("\(affix)_optional") == false { add("\(affix) of \(name)", as: affix, nil) }
        }
        if let files = options["require_files"] { add("require_files \(files)", as: shown("require_files"), nil) }
        if options.isOn("check_local_user") == true { add("local user", as: "local user", message.localPart == "root") }
        conditions += self.conditions(by: expansion)
        let hosts = hostsCondition.map { "condition = \($0)" } ?? "its hosts"
        add("hosts of \(name)", as: hosts, hasHosts(for: message, lists))
        return conditions
    }

    /// What is left to be asked is the same condition, whatever stands around it.
    private static func leftOpen(_ condition: String, _ expansion: EximExpansion) -> String {
        var reader = EximReader(text: Array(condition), expansion: expansion)
        return reader.takenBranch() ?? condition
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
    private func hasHosts(for message: EximMessage, _ lists: EximLists) -> Bool? {
        switch options["driver"] {
        case "manualroute":
            if options["route_list"] != nil { return rows.contains(message.domain, lists) }
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
        options.shown([
            "domains", "senders", "local_parts", "require_files", "condition", "route_list", "route_data", "data",
        ])
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

    init(
        _ probe: Probe,
        forwardedFor original: String,
        on facts: Facts,
        _ files: EximFiles,
        _ lists: EximLists? = nil
    ) {
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
            case .filter: (.any, .any, .any)
            }
        values["received_protocol"] = arrival.protocol
        for name in ["interface_port", "received_port"] { values[name] = arrival.port }
        values["sender_host_address"] = arrival.client
        expansion = EximExpansion(variables: values, files: files, lists: lists)
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
