import MTAPlan

/// What a service of master.cf makes of a route: TLS, login, source address, limits.
///
/// Source: smtp(8), postconf(5); a service's own `-o` wins over main.cf.
struct PostfixClients: Sendable {
    /// The clients of SMTP and LMTP by the name of their service.
    private let clients: [String: PostfixClient]
    /// By what `smtp_sasl_password_maps` calls each: read once, as every probe of thousands may ask for a login.
    private let passwords: [String: PostfixTableRows]
    /// Transports whose mail waits until it is asked for: postconf(5), defer_transports.
    private let deferred: [String]

    init(_ settings: PostfixSettings, _ services: [MasterCF.Service], _ facts: Facts) {
        // Of two services with one name the last counts.
        let last = Dictionary(services.filter { $0.type == "unix" }.map { ($0.name, $0) }) { _, last in last }
        clients = last.filter { ["smtp", "lmtp"].contains($0.value.command) }
            .mapValues { PostfixClient($0, settings) }
        let lists = last.values.compactMap { $0.option("smtp_sasl_password_maps").map(settings.expanded) }
        let items = Set((lists + [settings("smtp_sasl_password_maps")]).flatMap(MapList.texts))
        deferred = MapList.texts(settings("defer_transports"))
        passwords = Dictionary(uniqueKeysWithValues: items.map { ($0, PostfixTableRows($0, on: facts)) })
    }

    func handling(of route: PostfixRoute, sender: String, isOwn: Bool) -> Handling {
        var handling = Handling(isOwn ? .host : .direct, [.way: route.transport])
        if let table = route.doubt { handling[.way] = "\(route.transport), or what \(table) says" }
        if ["error", "retry", "discard"].contains(route.transport) {
            if !isOwn { handling.place = .elsewhere }
            handling[.refusal] = "\(route.transport): \(route.nextHop)"
            return handling
        }
        let hops = NextHops(route.nextHop)
        handling[.nextHop] = hops.hosts.joined(separator: ", ")
        if deferred.contains(route.transport) { handling[.refusal] = "deferred by defer_transports" }
        guard let client = clients[route.transport] else {
            if !isOwn, route.transport != "virtual alias" { handling.place = .elsewhere }
            return handling
        }
        if !isOwn, !hops.hosts.isEmpty { handling.place = .relay }
        if !hops.hosts.isEmpty { handling[.port] = hops.port ?? "25" }
        let isDirect = handling.place == .direct
        handling[.tls] = client.tls(isDirect: isDirect)
        handling[.login] = login(client, hops, sender, isDirect: isDirect)
        handling[.sourceAddress] = client.sourceAddress
        handling[.helo] = client.helo
        handling[.limits] = client.limits
        handling[.returnPath] = client.returnPath
        handling[.filter] = client.filter
        if isDirect, client.isBlind { handling[.refusal] = "no mail exchanger is looked up" }
        return handling
    }

    /// The user name that would be offered, or the table that has it; the password is never looked at.
    private func login(_ client: PostfixClient, _ hops: NextHops, _ sender: String, isDirect: Bool) -> String {
        guard client.logsIn else { return "" }
        for table in client.passwordTables.compactMap({ passwords[$0] }) {
            let domain = sender.split(separator: "@").last.map { "@\($0)" } ?? ""
            let keys =
                (client.logsInBySender && !sender.isEmpty ? [(sender, false), (domain, true)] : [])
                + hops.keys.map { ($0, false) }
            for (key, isPart) in keys {
                switch table.find(key.lowercased(), isPart: isPart) {
                case .none: continue
                case .found(let login): return String(login.split(separator: ":").first ?? "")
                case .unknown:
                    // A table with a key for each server has none for strangers; the host's own are not read.
                    if isDirect, !client.logsInBySender, table.isByKey { continue }
                    return "what \(table.shown) says"
                }
            }
            if isDirect, hops.keys.isEmpty, !table.isByKey { return "what \(table.shown) says" }
        }
        return ""
    }

    /// Limits that main.cf can have for a transport: each as `TRANSPORT_` and this.
    static let limits = [
        "destination_concurrency_limit", "destination_concurrency_failed_cohort_limit",
        "destination_concurrency_negative_feedback", "destination_concurrency_positive_feedback",
        "destination_rate_delay", "destination_recipient_limit", "initial_destination_concurrency",
        "transport_rate_delay", "delivery_slot_cost", "extra_recipient_limit", "minimum_delivery_slots",
        "recipient_limit", "recipient_refill_delay", "recipient_refill_limit",
    ]
}

/// What a client of SMTP or LMTP does with every message that it is given.
private struct PostfixClient: Sendable {
    private let tls: String
    /// What is added to it where the mail goes direct.
    private let tlsOfDirect: String
    private let tlsByTable: String
    let logsIn: Bool
    let logsInBySender: Bool
    /// As `smtp_sasl_password_maps` has them.
    let passwordTables: [String]
    let sourceAddress: String
    /// Where it is not `myhostname`.
    let helo: String?
    let limits: String
    let returnPath: String
    let filter: String
    /// Whether it looks up no mail exchanger.
    let isBlind: Bool

    init(_ service: MasterCF.Service, _ settings: PostfixSettings) {
        let value = { (name: String) in service.option(name).map(settings.expanded) ?? settings(name) }
        tls = Self.tls(value)
        tlsOfDirect = value("smtp_tls_wrappermode") == "yes" ? ", from the first byte" : ""
        let policy = value("smtp_tls_policy_maps")
        tlsByTable = policy.isEmpty ? "" : ", or what \(policy) says"
        logsIn = value("smtp_sasl_auth_enable") == "yes"
        logsInBySender = value("smtp_sender_dependent_authentication") == "yes"
        passwordTables = MapList.texts(value("smtp_sasl_password_maps"))
        sourceAddress = [value("smtp_bind_address"), value("smtp_bind_address6")]
            .filter { !$0.isEmpty }.joined(separator: ", ")
        let name = value("smtp_helo_name")
        helo = name == settings("myhostname") ? nil : name
        limits = Self.limits(of: service, settings)
        returnPath = Self.named(["smtp_generic_maps"], value)
        filter = Self.named(["smtp_header_checks", "smtp_mime_header_checks", "smtp_body_checks"], value)
        isBlind = value("disable_dns_lookups") == "yes" || value("smtp_dns_support_level") == "disabled"
    }

    func tls(isDirect: Bool) -> String { tls + (isDirect ? tlsOfDirect : "") + tlsByTable }

    private static func tls(_ value: (String) -> String) -> String {
        var level = value("smtp_tls_security_level")
        if level.isEmpty {
            level = value("smtp_enforce_tls") == "yes" ? "encrypt" : value("smtp_use_tls") == "yes" ? "may" : "none"
        }
        return switch level {
        case "may": "opportunistic"
        case "encrypt": "required"
        case "verify", "secure": "verified"
        default: level
        }
    }

    private static func named(_ names: [String], _ value: (String) -> String) -> String {
        names.map { ($0, value($0)) }.filter { !$0.1.isEmpty }.map { "\($0) \($1)" }.joined(separator: ", ")
    }

    /// Source: postconf(5), "transport_destination_concurrency_limit" and its like; master(5), maxproc.
    private static func limits(of service: MasterCF.Service, _ settings: PostfixSettings) -> String {
        let own = PostfixClients.limits.compactMap { name in
            settings.written("\(service.name)_\(name)").map { "\(name) \(settings.expanded($0))" }
        }
        let most = service.processes == "-" ? [] : ["processes \(service.processes)"]
        return (own + most).joined(separator: ", ")
    }
}

extension PostfixTableRows {
    /// Whether it has one row for each server, so that none is for a server that nobody wrote down.
    fileprivate var isByKey: Bool {
        ["hash", "btree", "lmdb", "cdb", "texthash", "inline", "dbm", "sdbm"].contains { item.hasPrefix("\($0):") }
            || item.hasPrefix("proxy:hash:") || item.hasPrefix("proxy:lmdb:") || item.hasPrefix("proxy:btree:")
    }

    /// What may be shown of it: a login can be written in its name.
    fileprivate var shown: String { catchAll == nil && !item.contains("{") ? item : "a table" }
}

/// The servers of a next hop, in order.
struct NextHops: Sendable {
    private(set) var hosts: [String] = []
    private(set) var port: String?
    /// What passwords are looked up by: the host, then the whole next hop.
    private(set) var keys: [String] = []

    /// `[host]:port, host`, or empty.
    init(_ text: String) {
        for item in MapList.texts(text) {
            let bare = item.hasPrefix("[") ? item.dropFirst().prefix { $0 != "]" } : item.prefix { $0 != ":" }
            let rest = item.hasPrefix("[") ? item.drop { $0 != "]" }.dropFirst() : item[bare.endIndex...]
            hosts.append(String(bare))
            if rest.hasPrefix(":") { port = String(rest.dropFirst()) }
            keys += [String(bare), item]
        }
    }
}
