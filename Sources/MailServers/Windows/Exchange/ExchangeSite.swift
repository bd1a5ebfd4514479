import MTAPlan

/// What the organisation says of itself, read from the facts of one of its servers.
struct ExchangeSite: Sendable {
    /// The host's own name.
    let computer: String
    let shell: ExchangeShell
    let connectors: [SendConnector]
    /// Servers that mail goes through, by short name.
    let servers: [Server]
    /// The domain controller that the connectors were read from; `nil` on Edge.
    let controller: String?
    /// Names of the Edge servers that are subscribed; on Edge, its own subscription.
    let edges: [String]
    let domains: [Domain]

    struct Server: Sendable, Hashable {
        /// In upper case, without a domain.
        var name: String
        var version: ExchangeVersion?
        var takesMail: Bool
    }

    struct Domain: Sendable, Hashable {
        var name: String
        var isDefault: Bool
    }

    /// - Throws: When the host is no Exchange that is known, or it did not tell what a plan has to know.
    init(_ facts: Facts) throws(Failure) {
        guard let host = facts.objects["windows.host"]?.objects.first else { throw .noHost }
        computer = Self.short(host.text("Computer") ?? "")
        servers = (facts.objects[Self.serversKey]?.objects ?? []).compactMap(Server.init)
        shell = try Self.shell(of: host, servers.first { [computer] in $0.name == computer })
        let answer = facts.objects[Self.connectorsKey]
        switch answer {
        case .objects(let objects)?: connectors = objects.compactMap(SendConnector.init)
        case .failed(let words)?: throw .notRead(words, by: host.text("User"))
        case .unknownCmdlet?, nil: throw .noRights(host.text("User"))
        }
        // An organisation without connectors has servers, and a name.
        let sources = [Self.connectorsKey, Self.organizationKey, Self.serversKey].flatMap {
            facts.objects[$0]?.objects ?? []
        }
        controller = shell.isEdge ? nil : sources.lazy.compactMap { $0.text("OriginatingServer") }.first
        edges = (facts.objects[Self.edgesKey]?.objects ?? []).compactMap { $0.text("Name") }.map(Self.short)
        domains = (facts.objects[Self.domainsKey]?.objects ?? []).compactMap(Domain.init)
    }

    static let serversKey = "exchange.servers"
    static let organizationKey = "exchange.organization"
    static let connectorsKey = "exchange.connectors"
    static let edgesKey = "exchange.edges"
    static let domainsKey = "exchange.domains"
    static let transportKey = "exchange.transport"
    static let transportServerKey = "exchange.transport-servers"
    static let queuesKey = "exchange.queues"

    static func short(_ name: String) -> String { PowerShellForm.servers.elements(of: [name]).first ?? "" }

    /// The host's own version and role.
    static func build(_ facts: Facts) -> String? {
        guard let host = facts.objects["windows.host"]?.objects.first else { return nil }
        if let build = host.text("ExchangeVersion") { return build }
        let computer = short(host.text("Computer") ?? "")
        let own = facts.objects[serversKey]?.objects.first { short($0.text("Name") ?? "") == computer }
        return own?.text("AdminDisplayVersion").map { text in
            ExchangeVersion.numbers(of: text).map(String.init).joined(separator: ".")
        }
    }

    private static func shell(of host: PowerShellObject, _ own: Server?) throws(Failure) -> ExchangeShell {
        let build = host.text("ExchangeVersion")
        guard let version = build.flatMap(ExchangeVersion.init(build:)) ?? own?.version else {
            throw .unknownVersion(build)
        }
        let roles = host.texts("ExchangeRoles").map { $0.lowercased() }
        return ExchangeShell(version: version, build: build ?? "", isEdge: roles.contains("edgetransportrole"))
    }

    /// Where the test message is put; `nil` where the folder is switched off or not known.
    static func pickup(_ facts: Facts) -> String? {
        let computer = short(facts.objects["windows.host"]?.objects.first?.text("Computer") ?? "")
        let answers = [transportKey, transportServerKey].flatMap { facts.objects[$0]?.objects ?? [] }
        return answers.first { short($0.text("Name") ?? "") == computer && $0.text("PickupDirectoryPath") != nil }?
            .text("PickupDirectoryPath")
    }

    /// Servers whose tracking log may have a message, the host first; not more than can be asked in a few seconds.
    ///
    /// Edge servers are none of them: from inside the organisation nobody reads their logs.
    static func trackers(_ facts: Facts) -> [String] {
        let computer = short(facts.objects["windows.host"]?.objects.first?.text("Computer") ?? "")
        let answers = [transportKey, transportServerKey].flatMap { facts.objects[$0]?.objects ?? [] }
        let edges = (facts.objects[edgesKey]?.objects ?? []).compactMap { $0.text("Name") }.map(short)
        let names = Set(answers.compactMap { $0.text("Name") }.map(short))
        let others = names.subtracting(edges + [computer]).sorted()
        return Array(([computer] + others).prefix(16))
    }
}

extension ExchangeSite.Server {
    fileprivate init?(_ object: PowerShellObject) {
        guard let name = object.text("Name") else { return nil }
        self.name = ExchangeSite.short(name)
        version = object.text("AdminDisplayVersion").flatMap(ExchangeVersion.init(build:))
        // 2007 and 2010 have a role for it; later every Mailbox server has, and calls itself `Mailbox, …`.
        let roles = object.texts("ServerRole").joined(separator: ",").lowercased()
        let isLater = (version ?? .v2013) >= .v2013
        takesMail =
            roles.isEmpty || roles.contains("hubtransport") || roles.contains("edge")
            || (isLater && roles.contains("mailbox"))
    }
}

extension ExchangeSite.Domain {
    fileprivate init?(_ object: PowerShellObject) {
        guard let name = object.text("DomainName"), !name.contains("*") else { return nil }
        self.name = name.lowercased()
        isDefault = object.text("Default")?.lowercased() == "true"
    }
}

extension Failure {
    fileprivate static let noHost = Failure(
        "the host did not answer as a Windows host does",
        hint: "is this host an Exchange server? Exclude it with --limit '!HOST', or correct its `mta`"
    )

    fileprivate static func unknownVersion(_ build: String?) -> Failure {
        Failure(
            build.map { "this version of Exchange is not known: \(Printable.line($0))" }
                ?? "no Exchange is installed on the host",
            hint: "Exchange 2007 to the Subscription Edition can be changed, from a server that has its shell"
        )
    }

    fileprivate static func notRead(_ words: String, by user: String?) -> Failure {
        let by = user.map { " by `\(Printable.line($0))`" } ?? ""
        let said = Printable.line(words.hasSuffix(".") ? String(words.dropLast()) : words)
        return Failure("the Send connectors cannot be read\(by): \(said)", hint: hint(for: words.lowercased()))
    }

    /// By the words of the error; Exchange's own are in the host's language, so the last one is the rule there.
    private static func hint(for words: String) -> String {
        if ["denied", "permission", "insufficient", "not authorized"].contains(where: words.contains) {
            return "the account must be in `Organization Management`, and on an Edge server an administrator"
        }
        if ["domain controller", "ldap", "active directory"].contains(where: words.contains) {
            return "check that a domain controller answers this server, then plan again"
        }
        return "run Get-SendConnector in the Exchange Management Shell on the host: what does it say?"
    }

    /// A session of Exchange's shell has only the cmdlets that the account's roles give it.
    fileprivate static func noRights(_ user: String?) -> Failure {
        Failure(
            "the shell has no Get-SendConnector\(user.map { " for `\(Printable.line($0))`" } ?? "")",
            hint: "the account must be in `Organization Management`: its roles decide which cmdlets are available"
        )
    }
}
