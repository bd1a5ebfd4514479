/// The versions whose cmdlets are known, in their order.
enum ExchangeVersion: Int, Sendable, Comparable, CaseIterable {
    case v2007, v2010, v2013, v2016, v2019, subscriptionEdition

    /// By a build: `15.2.1118.7`, or `Version 15.2 (Build 1118.7)`; `nil` where it is none of these.
    ///
    /// Source: Microsoft's list of build numbers; 15.2.2562 is the first one of the Subscription Edition.
    init?(build text: String) {
        let numbers = Self.numbers(of: text)
        guard numbers.count >= 2 else { return nil }
        switch (numbers[0], numbers[1]) {
        case (8, _): self = .v2007
        case (14, _): self = .v2010
        case (15, 0): self = .v2013
        case (15, 1): self = .v2016
        case (15, 2): self = numbers.count > 2 && numbers[2] >= 2562 ? .subscriptionEdition : .v2019
        default: return nil
        }
    }

    /// The numbers of a build, at most four.
    static func numbers(of text: String) -> [Int] {
        text.split { !("0"..."9" ~= $0) }.prefix(4).map { Int($0) ?? 0 }
    }

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

    /// What people call it.
    var title: String {
        switch self {
        case .v2007: "Exchange 2007"
        case .v2010: "Exchange 2010"
        case .v2013: "Exchange 2013"
        case .v2016: "Exchange 2016"
        case .v2019: "Exchange 2019"
        case .subscriptionEdition: "Exchange Subscription Edition"
        }
    }
}

/// The shell of one server: which cmdlets it has, and with which parameters.
struct ExchangeShell: Sendable, Hashable {
    var version: ExchangeVersion
    /// As the server says it: `15.2.1118.7`.
    var build: String
    /// An Edge Transport server, which has no Active Directory.
    var isEdge: Bool

    /// Exchange 2007 before its first service pack had no scoped connectors.
    fileprivate var isBeforeServicePack: Bool {
        let numbers = ExchangeVersion.numbers(of: build)
        return version == .v2007 && numbers.count > 1 && numbers[1] < 1
    }

    var title: String { version.title + (isEdge ? " (Edge Transport)" : "") }
}

extension ExchangeShell {
    private enum Place { case anywhere, onEdge, offEdge }

    private struct Parameter {
        var since = ExchangeVersion.v2007
        var place = Place.anywhere
    }

    /// Parameters that New-SendConnector and Set-SendConnector both have.
    ///
    /// Source: New-SendConnector and Set-SendConnector, office-docs-powershell, and their pages for 2007 and 2010.
    private static let common: [String: Parameter] = [
        "AddressSpaces": Parameter(), "SmartHosts": Parameter(), "DNSRoutingEnabled": Parameter(),
        "SmartHostAuthMechanism": Parameter(), "AuthenticationCredential": Parameter(), "Port": Parameter(),
        "Fqdn": Parameter(), "RequireTLS": Parameter(), "IgnoreSTARTTLS": Parameter(),
        "DomainSecureEnabled": Parameter(), "ForceHELO": Parameter(), "IsScopedConnector": Parameter(),
        "UseExternalDNSServersEnabled": Parameter(), "Enabled": Parameter(), "Comment": Parameter(),
        "MaxMessageSize": Parameter(), "ConnectionInactivityTimeOut": Parameter(),
        "ProtocolLoggingLevel": Parameter(), "Confirm": Parameter(), "Force": Parameter(), "Name": Parameter(),
        "SourceTransportServers": Parameter(place: .offEdge), "DomainController": Parameter(place: .offEdge),
        "SourceIPAddress": Parameter(place: .onEdge), "TlsAuthLevel": Parameter(since: .v2010),
        "TlsDomain": Parameter(since: .v2010), "ErrorPolicies": Parameter(since: .v2010),
        "SmtpMaxMessagesPerConnection": Parameter(since: .v2010), "TlsCertificateName": Parameter(since: .v2013),
        "CloudServicesMailEnabled": Parameter(since: .v2013), "FrontendProxyEnabled": Parameter(since: .v2013),
        "ConnectorType": Parameter(since: .v2016),
    ]

    private static let controller = ["DomainController": Parameter(place: .offEdge)]

    private static let cmdlets: [String: [String: Parameter]] = [
        "New-SendConnector": common.merging(["Usage": Parameter()]) { one, _ in one },
        "Set-SendConnector": common.merging(["Identity": Parameter()]) { one, _ in one },
        "Get-SendConnector": controller.merging(["Identity": Parameter()]) { one, _ in one },
        "Remove-SendConnector": controller.merging(["Identity": Parameter(), "Confirm": Parameter()]) { one, _ in one },
    ]

    /// Whether a parameter is known to a cmdlet of this shell.
    func knows(_ parameter: String, of cmdlet: String) -> Bool {
        guard let known = Self.cmdlets[cmdlet]?[parameter], version >= known.since else { return false }
        if parameter == "IsScopedConnector", isBeforeServicePack { return false }
        switch known.place {
        case .anywhere: return true
        case .onEdge: return isEdge
        case .offEdge: return !isEdge
        }
    }

    /// Whether the shell has such a cmdlet.
    func knows(cmdlet: String) -> Bool { Self.cmdlets[cmdlet] != nil }
}
