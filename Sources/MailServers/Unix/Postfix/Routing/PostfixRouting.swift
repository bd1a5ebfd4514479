import MTAPlan

/// How Postfix would handle a message, by its documented order of resolution.
///
/// Source: postconf(5), transport(5), ADDRESS_REWRITING_README; trivial-rewrite's resolve.c: the class of the recipient's
/// domain, its transport, then relayhost where that has no next hop, and transport_maps over all of it.
struct PostfixRouting: Sendable {
    let settings: PostfixSettings
    let domains: PostfixDomains
    let transportMaps: PostfixLookup
    let senderTransports: PostfixLookup
    let senderRelays: PostfixLookup
    private let returnPaths: PostfixLookup
    private let filters: PostfixFilters
    private let client: PostfixClients
    private let parentsMatch: Bool

    init(main: MainCF, services: [MasterCF.Service], facts: Facts, on host: PostfixHost) {
        settings = PostfixSettings(main, found: host.main, printed: host.values)
        domains = PostfixDomains(settings, on: facts)
        transportMaps = PostfixLookup(settings("transport_maps"), on: facts)
        senderTransports = PostfixLookup(settings("sender_dependent_default_transport_maps"), on: facts)
        senderRelays = PostfixLookup(settings("sender_dependent_relayhost_maps"), on: facts)
        returnPaths = PostfixLookup(settings("sender_canonical_maps"), on: facts)
        filters = PostfixFilters(settings, services, facts)
        client = PostfixClients(settings, services, facts)
        parentsMatch = MapList.texts(settings("parent_domain_matches_subdomains")).contains("transport_maps")
    }

    /// Senders that some table or rule names.
    var namedSenders: [String] {
        (senderTransports.keys + senderRelays.keys + filters.senders).filter { $0.contains("@") }
    }

    func handling(of probe: Probe) -> Handling {
        let filter = filters.filter(of: probe)
        if let filter, filter.isFinal { return Handling(.elsewhere, [.filter: filter.words]) }
        let (sender, returnPath) = rewritten(probe.sender)
        let domain = probe.recipient.split(separator: "@").last.map { $0.lowercased() } ?? ""
        var (route, isOwn) = resolved(domain, from: sender)
        switch transport(probe.recipient, domain) {
        case .none: break
        case .found(let value): route.override(value, domain: domain)
        case .unknown(let table): route.doubt = table
        }
        var handling = client.handling(of: route, sender: sender, isOwn: isOwn)
        handling[.filter] = [filter?.words, handling[.filter]].compactMap(\.self).joined(separator: "; ")
        handling[.returnPath] = [returnPath, handling[.returnPath]].compactMap(\.self).joined(separator: "; ")
        handling[.copies] = copies
        handling[.signature] = settings(probe.origin == .local ? "non_smtpd_milters" : "smtpd_milters")
        return handling
    }

    /// Whether transport_maps has a row or rule for the recipient.
    func isNamed(_ recipient: String) -> Bool {
        let domain = recipient.split(separator: "@").last.map { $0.lowercased() } ?? ""
        return ![.none, .found(":")].contains(transport(recipient, domain))
    }

    /// Which transport and next hop the class of the domain gives, and whether the domain is the host's own.
    private func resolved(_ domain: String, from sender: String) -> (PostfixRoute, isOwn: Bool) {
        if domains.local.contains(domain) { return (PostfixRoute(settings("local_transport"), domain), true) }
        if domains.aliases.contains(domain) { return (PostfixRoute("virtual alias", domain), true) }
        if domains.hosted.contains(domain) { return (PostfixRoute(settings("virtual_transport"), domain), true) }
        let isRelayed = domains.relayed.contains(domain)
        var value = settings(isRelayed ? "relay_transport" : "default_transport")
        var doubt: String?
        if !isRelayed {
            switch senderTransports.find(sender: sender, empty: key("default_transport")) {
            case .found(let own) where own.uppercased() != "DUNNO": value = own
            case .unknown(let table): doubt = table
            case .found, .none: break
            }
        }
        var route = PostfixRoute(value, domain)
        if route.nextHop.isEmpty { relay(&route, from: sender) }
        route.doubt = route.doubt ?? doubt
        return (route, isRelayed)
    }

    private func relay(_ route: inout PostfixRoute, from sender: String) {
        var relay = settings("relayhost")
        switch senderRelays.find(sender: sender, empty: key("relayhost")) {
        case .found(let own) where own.uppercased() != "DUNNO": relay = own
        case .unknown(let table): route.doubt = table
        case .found, .none: break
        }
        route.nextHop = relay
    }

    /// What the empty sender is looked up by.
    private func key(_ name: String) -> String { settings("empty_address_\(name)_maps_lookup_key") }

    /// Source: transport(5), "TABLE SEARCH ORDER".
    private func transport(_ recipient: String, _ domain: String) -> PostfixLookup.Answer {
        if transportMaps.isEmpty { return .none }
        var keys = [(recipient, false), (domain, true)]
        var rest = domain[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            keys.append((parentsMatch ? String(rest) : ".\(rest)", true))
        }
        return transportMaps.first(of: keys + [("*", true)])
    }

    /// The sender that routes are looked up by, and words for what happens to the return path.
    private func rewritten(_ sender: String) -> (sender: String, words: String?) {
        guard !sender.isEmpty else { return (sender, nil) }
        let domain = sender.split(separator: "@").last.map { "@\($0)" } ?? ""
        switch returnPaths.first(of: [(sender, false), (domain, true)]) {
        case .none: return (sender, nil)
        case .found(let value):
            let address = value.replacing("$$", with: "$")
            return (address, address)
        case .unknown(let table): return (sender, "by \(table)")
        }
    }

    private var copies: String {
        ["always_bcc", "sender_bcc_maps", "recipient_bcc_maps"].map { ($0, settings($0)) }.filter { !$0.1.isEmpty }
            .map { "\($0) \($1)" }.joined(separator: ", ")
    }
}

/// The four kinds of domains that are a host's own.
struct PostfixDomains: Sendable {
    let local: DomainList
    let aliases: DomainList
    let hosted: DomainList
    let relayed: DomainList

    init(_ settings: PostfixSettings, on facts: Facts) {
        let parents = MapList.texts(settings("parent_domain_matches_subdomains"))
        local = DomainList(settings("mydestination"), on: facts)
        aliases = DomainList(settings("virtual_alias_domains"), on: facts)
        hosted = DomainList(settings("virtual_mailbox_domains"), on: facts)
        relayed = DomainList(
            settings("relay_domains"),
            parents.contains("relay_domains") ? .parents : .dotted,
            on: facts
        )
    }

    var all: [(setting: String, list: DomainList)] {
        [
            ("mydestination", local), ("virtual_alias_domains", aliases), ("virtual_mailbox_domains", hosted),
            ("relay_domains", relayed),
        ]
    }
}

/// A transport and its next hop.
struct PostfixRoute: Sendable {
    var transport: String
    /// Empty where the recipient's domain is it.
    var nextHop: String
    /// A table that cannot be read here and that may give another route.
    var doubt: String?

    /// The text is `transport:nexthop`, either may be empty.
    init(_ text: String, _ domain: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        transport = String(parts.first ?? "")
        nextHop = parts.count > 1 ? String(parts[1]) : ""
    }

    /// transport(5), "RESULT FORMAT": `:` changes nothing, `smtp:` the next hop too, to the recipient's domain.
    mutating func override(_ value: String, domain: String) {
        let other = PostfixRoute(value, domain)
        if !other.transport.isEmpty {
            transport = other.transport
            nextHop = other.nextHop
        } else if !other.nextHop.isEmpty {
            nextHop = other.nextHop
        }
    }
}
