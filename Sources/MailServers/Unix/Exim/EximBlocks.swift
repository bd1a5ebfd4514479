import MTAPlan

/// The routers, transports, authenticators and lookup files that make an Exim take these routes: the same for every
/// layout and every panel, which differ only in where the blocks are put.
///
/// - `mtactl_way` looks up the way of each message by recipient, by sender and by default, and leaves it in
///   `$address_data`. A lookup that cannot be done defers the message there; in a `condition` it would send it on.
///   Where all mail takes one way there is no such router.
/// - A router and a transport for each way. Routers verify nothing: what the host accepts stays as it was.
/// - One pair of authenticators, for LOGIN and PLAIN, that looks logins up by the transport's name and by the sender.
///
/// Source: Exim specification, chapters 9, 15, 20, 30, 33 and 34; tried with 4.96 and 4.98.2 of Debian.
struct EximBlocks: Sendable {
    let routes: Routes
    let site: EximSite
    let services: [EximService]

    init(_ routes: Routes, on site: EximSite) {
        self.routes = routes
        self.site = site
        services = routes.eximServices
    }

    /// Lines without line breaks; empty where nothing is asked.
    var routers: [String] {
        var blocks: [[String]] = []
        if needsWay { blocks.append(way) }
        if let direct { blocks.append(direct) }
        blocks += site.models.flatMap { model in services.map { router($0, model) } }
        return blocks.flatMap { $0 }
    }

    var transports: [String] { services.flatMap { service in site.twins.flatMap { transport(service, $0) } } }

    /// The names of the transports of a service.
    func transportNames(of service: EximService) -> [String] { site.twins.map { service.name + $0.suffix } }

    /// The router that mail which jumped to one of the host's has to take instead; `nil` where there is none.
    var firstRouter: String? {
        if needsWay { return "mtactl_way" }
        if direct != nil { return "mtactl_direct" }
        return site.models.first.flatMap { model in services.first.map { $0.name + model.suffix } }
    }

    // MARK: Routers

    /// Whether the way of a message depends on more than whether it has a sender.
    private var needsWay: Bool {
        !routes.recipients.isEmpty || !routes.senders.isEmpty || routes.sendersFile != nil
    }

    private var hasReturnsOfItsOwn: Bool { routes.bounces == .direct }

    private func domains(of model: EximModel? = nil) -> String {
        // Theirs come behind those that leave the host's own out: the first that fits decides.
        let text = { (item: String) in item.contains("{") ? item : item.doubling(":") }
        guard case .relay(let addresses) = routes.localDomains else {
            let ours = (site.localDomains + site.relayedDomains).map { "! \($0)" }
            return (ours + (model?.writtenDomains ?? []).map(text)).joined(separator: " : ")
        }
        // What comes back from the smarthost is at its end.
        let local = site.localDomains.map { "! \($0)" }.joined(separator: " : ")
        let condition =
            "${if match_ip {$sender_host_address} {<; \(addresses.joined(separator: " ; "))} {\(local)} {*}}"
        let not = site.relayedDomains.map { "! \($0)" } + (model?.domains ?? []).filter { $0.hasPrefix("!") }.map(text)
        return (not + [condition]).joined(separator: " : ")
    }

    private var way: [String] {
        [
            "mtactl_way:",
            "  driver = redirect",
            "  domains = \(domains())",
            "  address_data = \(EximWay(routes: routes, site: site).expression)",
            "  data =",
            "  no_verify",
        ]
    }

    /// For mail that is to go direct, where the host's own routers would send it to another smarthost.
    private var direct: [String]? {
        guard let transport = site.directTransport, routes.defaultRoute != .direct else { return nil }
        guard let condition = condition(of: "direct") else { return nil }
        return [
            "mtactl_direct:",
            "  driver = dnslookup",
            "  domains = \(domains(of: site.models.last))",
            "  condition = \(condition)",
            "  transport = \(transport)",
            "  ignore_target_hosts = \(site.ignoredTargets)",
            "  same_domain_copy_routing = yes",
            "  no_verify",
            "  no_more",
        ]
    }

    private func router(_ service: EximService, _ model: EximModel) -> [String] {
        let way = condition(of: service.way).map { ["  condition = \($0)"] } ?? []
        return [
            "\(service.name)\(model.suffix):",
            "  driver = manualroute",
            "  domains = \(domains(of: model))",
        ] + way + model.lines + site.conditions.map { "  condition = \($0)" } + [
            "  transport = \(model.transport(service.name))",
            "  route_list = \(service.routeList)",
            "  host_find_failed = defer",
            "  no_verify",
            "  no_more",
        ]
    }

    /// When a message takes a way; `nil` where always.
    private func condition(of way: String) -> String? {
        if needsWay { return "${if eq {$address_data} {\(way)}}" }
        if routes.bounces == .default { return nil }
        return way == "direct" ? "${if !def:sender_address}" : "${if def:sender_address}"
    }

    // MARK: Transports

    private func transport(_ service: EximService, _ twin: EximTwin) -> [String] {
        let smarthost = service.smarthost
        var options = ["driver = smtp", "port = \(smarthost.port)"] + tls(service)
        if service.hasLogin { options.append("hosts_require_auth = *") }
        // Exim compares no logins before it sends another message over a connection: smtp_local_identity in smtp.c.
        let isOne = service.logins != .smarthost
        if isOne { options.append("connection_max_messages = 1") }
        if routes.returnPath != nil, !twin.rewritesReturnPath {
            options.append(
                "return_path = ${lookup {$return_path} nwildlsearch {\(site.file(.returnPath))} {$value} {$return_path}}"
            )
        }
        let lines = twin.lines.filter { !isOne || !$0.trimmingBlanks.hasPrefix("connection_max_messages") }
        return ["\(service.name)\(twin.suffix):"] + options.map { "  \($0)" } + lines
    }

    private func tls(_ service: EximService) -> [String] {
        let smarthost = service.smarthost
        let implicit = smarthost.port == 465 ? ["protocol = smtps"] : []
        switch smarthost.tls {
        case .none: return ["hosts_avoid_tls = *"]
        // A password crosses the network in clear text only where the playbook asks for no TLS at all.
        case .opportunistic: return implicit + (service.hasLogin ? ["hosts_require_tls = *"] : [])
        case .required: return implicit + ["hosts_require_tls = *"]
        case .verified:
            return implicit + [
                "hosts_require_tls = *",
                "tls_sni = $host",
                "tls_verify_certificates = system",
                "tls_verify_hosts = *",
                "tls_verify_cert_hostnames = *",
            ]
        }
    }

    /// Those of them that are never carried over: how many messages go over a connection stays the host's, where no login
    /// hangs on it.
    static let notCarried = ownOptions.subtracting(["connection_max_messages"])

    /// Options that our transports have of their own, so that the host's are not carried over.
    static let ownOptions: Set = [
        "driver", "hosts", "hosts_override", "fallback_hosts", "port", "protocol", "hosts_avoid_tls",
        "hosts_require_tls", "hosts_require_auth", "hosts_try_auth", "hosts_try_dane", "hosts_require_dane",
        "tls_sni", "tls_verify_certificates", "tls_verify_hosts", "tls_try_verify_hosts", "tls_verify_cert_hostnames",
        "tls_tempfail_tryclear", "tls_crl", "connection_max_messages", "gethostbyname", "authenticated_sender_force",
        "allow_localhost", "hosts_randomize",
    ]
}

extension EximService {
    /// For manualroute: every domain, the hosts in their order, no MX lookup.
    var routeList: String { "* \(hostList) byname" }

    /// Addresses of IPv6 need another separator.
    private var hostList: String {
        guard smarthost.hosts.contains(where: { $0.contains(":") }) else {
            return smarthost.hosts.joined(separator: ":")
        }
        return "\"<; \(smarthost.hosts.joined(separator: " ; "))\""
    }
}

/// What the blocks have to know of the host that they are for.
///
/// A panel says here what makes its hosts different.
struct EximSite: Sendable {
    /// Where our lookup files are: `/etc/exim4`.
    var folder: String
    /// The group that Exim delivers as, which has to read the logins.
    var group: String
    /// The user that Exim delivers as, where the logins are to be read by no other of its group; else `nil`.
    var reader: String?
    /// Items of domain lists that are the host's own: `+local_domains`.
    var localDomains = ["+local_domains"]
    /// Items of domain lists for which the host takes mail in from outside: `+relay_to_domains`.
    var relayedDomains: [String] = []
    /// Further conditions of each router to a smarthost: `${perl{check_limits}}`.
    var conditions: [String] = []
    /// What our routers take over from the host's, in their order; the last is for most mail.
    var models = [EximModel(suffixes: ["": ""])]
    /// What our transports take over from the host's: the options besides `EximBlocks.ownOptions`.
    var twins = [EximTwin()]
    /// The host's remote transport where its own routers do not send mail directly, else `nil`.
    var directTransport: String?
    /// Addresses that no mail is sent to, as the host's own dnslookup router has them.
    var ignoredTargets = "0.0.0.0 : 127.0.0.0/8 : ::1"

    init(folder: String, group: String) {
        self.folder = folder
        self.group = group
    }

    func file(_ name: EximLookupFile.Name) -> String { "\(folder)/\(name.rawValue)" }

    /// The same on a panel's host, whose mail group has others than Exim.
    func closed(to user: String) -> EximSite {
        var site = self
        site.reader = user.isEmpty ? nil : user
        return site
    }
}
