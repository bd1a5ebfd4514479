import MTAPlan

/// The properties of a Send connector that are read; the raw value is the property's name, and the parameter's.
///
/// Source: the objects of Get-SendConnector, 2007 to the Subscription Edition.
enum ConnectorField: String, Sendable, Hashable, CaseIterable {
    case addressSpaces = "AddressSpaces"
    case authenticationCredential = "AuthenticationCredential"
    case cloudServicesMailEnabled = "CloudServicesMailEnabled"
    case connectionInactivityTimeOut = "ConnectionInactivityTimeOut"
    case connectorType = "ConnectorType"
    case dnsRoutingEnabled = "DNSRoutingEnabled"
    case domainSecureEnabled = "DomainSecureEnabled"
    case enabled = "Enabled"
    case errorPolicies = "ErrorPolicies"
    case forceHELO = "ForceHELO"
    case fqdn = "Fqdn"
    case frontendProxyEnabled = "FrontendProxyEnabled"
    case ignoreSTARTTLS = "IgnoreSTARTTLS"
    case isCoexistenceConnector = "IsCoexistenceConnector"
    case isScopedConnector = "IsScopedConnector"
    case linkedReceiveConnector = "LinkedReceiveConnector"
    case maxMessageSize = "MaxMessageSize"
    case port = "Port"
    case protocolLoggingLevel = "ProtocolLoggingLevel"
    case requireTLS = "RequireTLS"
    case smartHostAuthMechanism = "SmartHostAuthMechanism"
    case smartHosts = "SmartHosts"
    case smtpMaxMessagesPerConnection = "SmtpMaxMessagesPerConnection"
    case sourceIPAddress = "SourceIPAddress"
    case sourceTransportServers = "SourceTransportServers"
    case tlsAuthLevel = "TlsAuthLevel"
    case tlsCertificateName = "TlsCertificateName"
    case tlsDomain = "TlsDomain"
    case useExternalDNSServersEnabled = "UseExternalDNSServersEnabled"

    /// How its values are compared.
    var form: PowerShellForm {
        switch self {
        case .addressSpaces: .addressSpaces
        case .smartHosts: .hosts
        case .sourceTransportServers: .servers
        case .maxMessageSize: .bytes
        case .connectionInactivityTimeOut: .seconds
        case .authenticationCredential, .tlsCertificateName, .port, .smtpMaxMessagesPerConnection: .exact
        default: .caseless
        }
    }

    var property: PowerShellCall.Property { PowerShellCall.Property(rawValue, form) }

    /// Whether it is shown, before and after.
    ///
    /// `DNSRoutingEnabled` only says that there are no smart hosts.
    var isShown: Bool { self != .dnsRoutingEnabled }

    /// How its texts are given to a cmdlet.
    var kind: Kind {
        switch self {
        case .addressSpaces, .smartHosts, .sourceTransportServers: .list
        case .port, .smtpMaxMessagesPerConnection: .number
        case .cloudServicesMailEnabled, .dnsRoutingEnabled, .domainSecureEnabled, .enabled, .forceHELO,
            .frontendProxyEnabled, .ignoreSTARTTLS, .isCoexistenceConnector, .isScopedConnector, .requireTLS,
            .useExternalDNSServersEnabled:
            .flag
        default: .text
        }
    }

    enum Kind { case text, list, flag, number }
}

/// One property as it is to be.
struct ConnectorSetting: Sendable, Hashable {
    var field: ConnectorField
    var value: PowerShellCall.Value

    init(_ field: ConnectorField, _ value: PowerShellCall.Value) {
        self.field = field
        self.value = value
    }

    /// In the form in which it is compared; `nil` is no value.
    var canonical: String? {
        switch value {
        case .text(let text): field.form.canonical(.text(text))
        case .list(let texts): field.form.canonical(.list(texts))
        case .flag(let isOn): isOn ? "true" : "false"
        case .number(let number): String(number)
        case .credential(let username, _): username
        // No property of a connector is given so.
        case .nothing, .answered, .found, .content: nil
        }
    }

    /// As it is shown in a plan.
    func shown(by glossary: Glossary) -> String? {
        switch value {
        case .text(let text): Self.number(text) ?? glossary.value(text)
        case .list(let texts):
            texts.isEmpty ? nil : shown(texts, by: glossary)
        case .flag(let isOn): isOn ? "True" : "False"
        case .number(let number): Self.number(String(number)) ?? glossary.value(String(number))
        case .credential(let username, let password): "\(username) [secret \(password)]"
        // No property of a connector is given so.
        case .nothing, .answered, .found, .content: nil
        }
    }

    private func shown(_ texts: [String], by glossary: Glossary) -> String {
        let elements = field == .smartHosts ? texts : field.form.elements(of: texts)
        guard field == .sourceTransportServers else { return glossary.value(elements.joined(separator: ", ")) }
        return elements.map { SendConnector.isName($0[...]) ? $0 : glossary.value($0) }.joined(separator: ", ")
    }

    /// A size, a time or a port: no more than 2 GB in bytes.
    private static func number(_ text: String) -> String? { Int32(text).map { String($0) } }
}
