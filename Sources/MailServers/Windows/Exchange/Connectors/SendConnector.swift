import MTAPlan

/// A Send connector as the organisation has it.
struct SendConnector: Sendable, Hashable {
    let object: PowerShellObject
    let name: String
    let guid: String

    /// `nil` for an object without a name or an identity, which can be nobody's connector.
    init?(_ object: PowerShellObject) {
        guard let name = object.text("Name"), let guid = object.text("Guid") else { return nil }
        self.object = object
        self.name = name
        self.guid = guid
    }

    /// The call that reads all connectors; a name that there is not would give all of them as well.
    ///
    /// `more`: Told besides.
    static func reading(from controller: String?, more: [PowerShellCall.Property] = []) -> PowerShellCall {
        PowerShellCall(
            "Get-SendConnector",
            controller.map { [PowerShellCall.Parameter("DomainController", .text($0))] } ?? [],
            tells: [PowerShellCall.Property("Guid", .caseless), PowerShellCall.Property("Name")]
                + ConnectorField.allCases.map(\.property) + more
        )
    }

    func canonical(_ field: ConnectorField) -> String? { object.canonical(field.property) }
    func texts(_ field: ConnectorField) -> [String] { object.texts(field.rawValue).filter { !$0.isEmpty } }
    func isOn(_ field: ConnectorField) -> Bool { canonical(field) == "true" }

    var isEnabled: Bool { isOn(.enabled) }
    var spaces: [AddressSpace] {
        ConnectorField.addressSpaces.form.elements(of: texts(.addressSpaces)).map(AddressSpace.init(canonical:))
    }
    var smartHosts: [String] { PowerShellForm.hosts.elements(of: texts(.smartHosts)) }
    var sourceServers: [String] { PowerShellForm.servers.elements(of: texts(.sourceTransportServers)) }
    /// Of the login that is stored, whose password nobody can read.
    var username: String? { texts(.authenticationCredential).first }
    var port: Int { canonical(.port).flatMap { Int($0) } ?? 25 }

    /// The value as a cmdlet takes it, to put it back.
    func value(_ field: ConnectorField) -> PowerShellCall.Value {
        if field == .dnsRoutingEnabled { return .flag(smartHosts.isEmpty) }
        // A login that was not there: one that was there is never written over.
        if field == .authenticationCredential { return .nothing }
        guard let canonical = canonical(field) else { return field.kind == .flag ? .flag(false) : .nothing }
        switch field.kind {
        case .list: return .list(field.form.elements(of: texts(field)))
        case .flag: return .flag(canonical == "true")
        case .number: return Int(canonical).map { .number($0) } ?? .nothing
        case .text:
            let isMeasured = field == .maxMessageSize || field == .connectionInactivityTimeOut
            return .text(isMeasured ? canonical : texts(field)[0])
        }
    }

    /// As it is shown in a plan; `nil` where there is no value.
    func shown(_ field: ConnectorField) -> String? {
        if field == .authenticationCredential { return username.map { "\($0) [stored password]" } }
        if field == .tlsCertificateName { return texts(field).first }
        let value = ConnectorSetting(field, value(field)).shown
        return field.kind == .flag && canonical(field) == nil ? nil : value
    }

    /// What keeps mtactl from ever changing it; `nil` where nothing does.
    var protection: Protection? {
        let spaces = spaces
        if spaces.contains(where: { $0.domain == "--" }) { return .edgeSync }
        let isOfCloud = !spaces.isEmpty && spaces.allSatisfy { $0.domain.hasSuffix(".onmicrosoft.com") }
        if canonical(.connectorType) == "xpremises" || isOn(.cloudServicesMailEnabled) || isOfCloud
            || isOn(.isCoexistenceConnector)
        {
            return .hybrid
        }
        if canonical(.linkedReceiveConnector) != nil { return .linked }
        if spaces.contains(where: { $0.type != "SMTP" }) { return .foreign }
        let isTrusted = ["exchangeserver", "externalauthoritative"].contains(canonical(.smartHostAuthMechanism) ?? "")
        return isTrusted && !spaces.contains { $0.domain == "*" } ? .crossForest : nil
    }

    /// Whether only Edge servers send through it, as EdgeSync makes one to the internet: who names it may change it.
    func isOfEdge(_ edges: [String]) -> Protection? {
        let servers = sourceServers.map(ExchangeSite.short)
        return !servers.isEmpty && servers.allSatisfy(edges.contains) ? .edge : nil
    }

    enum Protection: String, Sendable {
        case edgeSync = "which EdgeSync manages"
        case edge = "which Edge servers send through"
        case hybrid = "which belongs to a hybrid deployment with Exchange Online"
        case linked = "which is linked to a Receive connector"
        case foreign = "which is for something other than SMTP"
        case crossForest = "which leads to another organisation of Exchange"
    }
}

/// `SMTP:*.example.com;1`.
struct AddressSpace: Sendable, Hashable {
    var type: String
    /// In lower case; `*` is everything, `*.example.com` the domain and all below it.
    var domain: String
    var cost: Int

    init(_ domain: String, cost: Int) {
        type = "SMTP"
        self.domain = domain
        self.cost = cost
    }

    /// `canonical`: As `PowerShellForm.addressSpaces` writes it.
    init(canonical text: String) {
        let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let typed = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        type = String(typed[0])
        domain = String(typed[typed.count - 1])
        cost = parts.count == 2 ? Int(parts[1]) ?? 1 : 1
    }

    var text: String { "\(type):\(domain);\(cost)" }

    /// Whether it has this domain among what it is for.
    func covers(_ name: String) -> Bool {
        guard type == "SMTP" else { return false }
        if domain == "*" || domain == name { return true }
        return domain.hasPrefix("*.") && (name == domain.dropFirst(2) || name.hasSuffix(domain.dropFirst(1)))
    }

    /// The more, the more exact: Exchange takes the most exact match, whatever it costs.
    var exactness: Int { domain == "*" ? 0 : domain.hasPrefix("*.") ? domain.count - 1 : domain.count + 1_000 }
}

extension [SendConnector] {
    /// The connector that mail for a domain takes, and whether another one would do as well but for its name.
    ///
    /// Disabled ones do not count; then the most exact space, the lowest cost, the first name.
    ///
    /// Source: "Select a Send connector", Exchange: where sites and sizes are the same for all.
    func route(to domain: String) -> (winner: SendConnector, isTied: Bool)? {
        let matching = filter(\.isEnabled).flatMap { connector in
            connector.spaces.filter { $0.covers(domain) }.map { (connector: connector, space: $0) }
        }
        let sorted = matching.sorted { one, other in
            if one.space.exactness != other.space.exactness { return one.space.exactness > other.space.exactness }
            if one.space.cost != other.space.cost { return one.space.cost < other.space.cost }
            return one.connector.name.lowercased() < other.connector.name.lowercased()
        }
        guard let first = sorted.first else { return nil }
        let isTied = sorted.dropFirst().contains {
            $0.space.exactness == first.space.exactness && $0.space.cost == first.space.cost
                && $0.connector.guid != first.connector.guid
        }
        return (first.connector, isTied)
    }
}
