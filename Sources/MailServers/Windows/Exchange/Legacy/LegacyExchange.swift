import MTAPlan

/// Exchange 2000 and 2003 as Active Directory has them: SMTP connectors, and the virtual servers that they send by.
///
/// Nothing on such a server can be reached over SSH, and only the directory counts: the metabase is written from it.
///
/// Source: TechNet aa996727, KB240105; classes and attributes by the schema of Exchange 2003.
struct LegacyExchange: Sendable {
    typealias Entry = DirectoryEntry

    /// No stored password is asked for.
    static let question = DirectoryQuestion(
        below: "CN=Microsoft Exchange,CN=Services",
        classes: [connectorClass, serverClass],
        attributes: ["objectClass", "cn", smartHost, "routingList", bridgeheads, securityFlag, port]
    )

    private static let connectorClass = "msExchRoutingSMTPConnector"
    private static let serverClass = "protocolCfgSMTPServer"

    static let smartHost = "msExchSmtpSmartHost"
    fileprivate static let bridgeheads = "msExchSourceBridgeheadServersDN"
    fileprivate static let securityFlag = "msExchSmtpOutboundSecurityFlag"
    static let port = "msExchSmtpOutgoingPort"

    let connectors: [Entry]
    let servers: [Entry]

    init(_ entries: [Entry]) {
        connectors = entries.filter { $0.isA(Self.connectorClass) }
        servers = entries.filter { $0.isA(Self.serverClass) }
    }

    /// What is changed in the directory, and what a person does besides.
    struct Plan: Sendable, Hashable {
        var edits: [Edit]
        var forward: LDIF
        var notes: [String]
    }

    /// - Throws: What cannot be done through the directory, with how to do it by hand.
    func plan(for routes: Routes, _ settings: ExchangeSettings) throws(Failure) -> Plan {
        try routes.checkLegacy()
        let wanted = try WantedConnector.all(for: routes, settings)
        guard wanted.count == 1, let one = wanted.first, case .smarthost(let smarthost) = one.way else {
            throw .byHand("mtactl changes Exchange 2003 for one smarthost at a time")
        }
        let connector = try connector(for: one)
        if connector.values(Self.securityFlag).contains(where: { $0 != "0" }) {
            throw .byHand(
                "the connector \"\(Printable.line(connector.title))\" logs in or encrypts, which mtactl cannot put back"
            )
        }
        guard !connector.values(Self.smartHost).isEmpty else {
            throw .byHand(
                "the connector \"\(Printable.line(connector.title))\" sends by DNS, and how that is switched is not documented"
            )
        }
        var ldif = LDIF()
        let hosts = smarthost.hosts.map { HostAddress.isIPv4($0) ? "[\($0)]" : $0 }.joined(separator: ";")
        ldif.change(connector.name, Self.smartHost, from: connector.values(Self.smartHost), to: [hosts])
        let senders = try bridgeheads(of: connector)
        var notes: [String] = []
        for server in senders where (server.values(Self.port).first ?? "25") != String(smarthost.port) {
            if servers.count > 1 { throw .portOfAll(server, smarthost.port) }
            ldif.change(server.name, Self.port, from: server.values(Self.port), to: [String(smarthost.port)])
            notes.append(
                "port \(smarthost.port) applies to all mail that \"\(Printable.line(server.title))\" sends, not only through this connector"
            )
        }
        guard !ldif.changes.isEmpty else { return Plan(edits: [], forward: ldif, notes: []) }
        let bridgeheads = Set(senders.map { $0.server.map(Printable.line) ?? Printable.line($0.title) }).sorted()
        notes.append(
            "afterwards restart the Routing Engine (RESvc) and the SMTP service (SMTPSVC) on \(bridgeheads.joined(separator: ", "))"
        )
        if smarthost.hosts.count > 1 {
            notes.append("several smarthosts in one connector were not tried on a real server")
        }
        let glossary = Glossary(for: routes, and: settings.words)
        let edits = (connectors + servers).compactMap { Self.edit(of: $0, ldif, by: glossary) }
        return Plan(edits: edits, forward: ldif, notes: notes)
    }

    /// The one that is named, or the only one for all these addresses.
    private func connector(for wanted: WantedConnector) throws(Failure) -> Entry {
        let named = connectors.filter { $0.title.lowercased() == wanted.name.lowercased() }
        if named.count == 1 { return named[0] }
        if wanted.isNamed {
            throw .byHand(
                "there is no SMTP connector \"\(wanted.name)\", and how to create one is not documented"
            )
        }
        let fitting = connectors.filter { connector in
            let form = PowerShellForm.addressSpaces
            let spaces = form.elements(of: connector.values("routingList")).map(AddressSpace.init(canonical:))
            return Set(spaces.map(\.domain)) == Set(wanted.domains)
        }
        if fitting.count == 1 { return fitting[0] }
        throw .byHand("\(fitting.count) SMTP connectors are for these addresses, and mtactl changes only one")
    }

    private func bridgeheads(of connector: Entry) throws(Failure) -> [Entry] {
        let names = Set(connector.values(Self.bridgeheads).map { $0.lowercased() })
        let found = servers.filter { names.contains($0.name.lowercased()) }
        guard found.count == names.count, !found.isEmpty else {
            throw .byHand(
                "the virtual servers of the connector \"\(Printable.line(connector.title))\" cannot all be read"
            )
        }
        return found
    }

    /// Names are shown as they are, of values of the host what the glossary has.
    private static func edit(of entry: Entry, _ ldif: LDIF, by glossary: Glossary) -> Edit? {
        let changes = ldif.changes.filter { $0.name == entry.name }
        guard !changes.isEmpty else { return nil }
        let shown = [smartHost, port, "routingList"].sorted()
        let lines = { (isAfter: Bool) -> [UInt8] in
            let lines = shown.flatMap { attribute in
                let change = changes.first { $0.attribute == attribute }
                let values = isAfter ? change?.new ?? entry.values(attribute) : entry.values(attribute)
                return values.map { "\(attribute): \(Printable.line(glossary.value($0)))\n" }
            }
            return Array(lines.joined().utf8)
        }
        let name =
            "\(entry.isA(serverClass) ? "SMTP virtual server" : "SMTP connector") \(Printable.line(entry.title))"
        return Edit(.object, name, .edit, diff: LineDiff.unified(lines(false), lines(true), path: "/\(name)"))
    }
}

extension DirectoryEntry {
    /// What administrators call it: `Internet`, or of a virtual server `1 of EXCH03`.
    var title: String {
        let name = values("cn").first ?? name
        return server.map { "\(name) of \($0)" } ?? name
    }

    /// The server of a virtual server: `CN=1,CN=SMTP,CN=Protocols,CN=EXCH03,CN=Servers,…`.
    var server: String? {
        let parts = name.split(separator: ",").map { $0.drop { $0 == " " } }
        guard parts.count > 4, parts[1].lowercased() == "cn=smtp", parts[4].lowercased() == "cn=servers" else {
            return nil
        }
        return String(parts[3].dropFirst(3))
    }
}

extension Routes {
    fileprivate func checkLegacy() throws(Failure) {
        if !senders.isEmpty || sendersFile != nil { throw .byHand("Exchange 2003 routes only by recipient") }
        if returnPath != nil { throw .returnPath("Exchange") }
        if localDomains != .keep { throw .localMail("Exchange") }
        try checkBounces(on: "Exchange")
        for smarthost in smarthosts {
            if smarthost.login != nil { throw .byHand("how Exchange 2003 stores a login is not documented") }
            if smarthost.tls != .none {
                throw .byHand(
                    "`tls: \(smarthost.tls.rawValue)` of `\(smarthost.name)`: how Exchange 2003 stores that is not documented"
                )
            }
        }
    }
}

extension Failure {
    /// What a person can do where the directory is not enough.
    fileprivate static func byHand(_ problem: String) -> Failure {
        Failure(
            problem,
            hint:
                "set it by hand in Exchange System Manager (Routing Groups, Connectors: General, and Advanced, Outbound Security), then restart RESvc and SMTPSVC"
        )
    }

    fileprivate static func portOfAll(_ server: LegacyExchange.Entry, _ port: Int) -> Failure {
        Failure(
            "port \(port) on \"\(Printable.line(server.title))\" would apply to mail to the organisation's other servers too",
            hint: "give the connector its own second virtual server as bridgehead, and plan again"
        )
    }
}
