package import MTAPlan

/// An organisation as the executor answers of it: values in the forms that live and deserialised objects have.
package struct ExchangeOrganization: Sendable {
    package enum Release: String, Sendable, CaseIterable {
        case v2007, v2010, v2013, v2016, v2019, se, edge

        var build: String {
            switch self {
            case .v2007: "8.3.83.0"
            case .v2010: "14.3.123.4"
            case .v2013: "15.0.1497.2"
            case .v2016: "15.1.2507.6"
            case .v2019: "15.2.1118.7"
            case .se: "15.2.2562.17"
            case .edge: "15.1.2507.6"
            }
        }

        var roles: [String] {
            switch self {
            case .edge: ["EdgeTransportRole", "Setup"]
            case .v2007, .v2010: ["HubTransportRole", "MailboxRole", "Setup"]
            default: ["MailboxRole", "FrontendTransportRole", "Setup"]
            }
        }

        package var isLater: Bool { self != .v2007 && self != .v2010 }
    }

    package var release: Release
    package var connectors: [PowerShellObject] = []
    package var subscribed: [String] = []
    package var servers = ["EX01", "EX02"]

    package init(_ release: Release, _ connectors: [PowerShellObject] = []) {
        self.release = release
        self.connectors = connectors
    }

    package var facts: Facts {
        var facts = Facts(answers: ["host.name": Facts.Answer(output: Array("ex01.example.com".utf8))])
        let isEdge = release == .edge
        facts.objects["windows.host"] = .objects([
            PowerShellObject([
                "Computer": .text("EX01"), "Domain": .text("example.com"), "User": .text("EXAMPLE\\mtactl"),
                "ExchangeVersion": .text(release.build), "ExchangeRoles": .list(release.roles),
            ])
        ])
        facts.objects["exchange.servers"] = .objects(
            servers.map { name in
                let digits = release.build.split(separator: ".")
                return PowerShellObject([
                    "Name": .text(name), "Fqdn": .text("\(name.lowercased()).example.com"),
                    "AdminDisplayVersion": .text("Version \(digits[0]).\(digits[1]) (Build \(digits[2]).\(digits[3]))"),
                    "ServerRole": .text(isEdge ? "Edge" : release.isLater ? "Mailbox" : "Mailbox, HubTransport"),
                ])
            }
        )
        let pickup = servers.map { name in
            PowerShellObject([
                "Name": .text(name), "PickupDirectoryPath": .text("C:\\Exchange\\TransportRoles\\Pickup"),
            ])
        }
        let hasService = release.isLater
        facts.objects["exchange.transport"] = hasService ? .objects(pickup) : .unknownCmdlet
        facts.objects["exchange.transport-servers"] = .objects(pickup)
        facts.objects["exchange.organization"] =
            isEdge
            ? .failed("no such object")
            : .objects([PowerShellObject(["Name": .text("Example"), "OriginatingServer": .text("dc1.example.com")])])
        facts.objects["exchange.edges"] = .objects(subscribed.map { PowerShellObject(["Name": .text($0)]) })
        facts.objects["exchange.domains"] = .objects([
            PowerShellObject(["DomainName": .text("example.com"), "Default": .text("True")])
        ])
        facts.objects["exchange.connectors"] = .objects(connectors)
        return facts
    }

    /// A connector as the version answers of it.
    package static func connector(
        _ name: String,
        on release: Release,
        _ changes: [String: PowerShellObject.Value] = [:]
    ) -> PowerShellObject {
        var values: [String: PowerShellObject.Value] = [
            "Name": .text(name), "Guid": .text(guid(name)), "WhenChangedUTC": .text("2026-11-20T10:00:00.0000000Z"),
            "AddressSpaces": .list(["smtp:*;1"]), "AuthenticationCredential": .nothing,
            "ConnectionInactivityTimeOut": .text("00:10:00"), "DNSRoutingEnabled": .text("True"),
            "DomainSecureEnabled": .text("False"), "Enabled": .text("True"), "ForceHELO": .text("False"),
            "Fqdn": .nothing, "IgnoreSTARTTLS": .text("False"), "IsScopedConnector": .text("False"),
            "LinkedReceiveConnector": .nothing, "MaxMessageSize": .text("35 MB (36,700,160 bytes)"),
            "Port": .text("25"), "ProtocolLoggingLevel": .text("None"), "RequireTLS": .text("False"),
            "SmartHostAuthMechanism": .text("None"), "SmartHosts": .list([]),
            "SourceTransportServers": .list(["EX01"]), "UseExternalDNSServersEnabled": .text("False"),
        ]
        if release != .v2007 {
            let later: [String: PowerShellObject.Value] = [
                "ErrorPolicies": .text("Default"), "SmtpMaxMessagesPerConnection": .text("20"),
                "TlsAuthLevel": .nothing, "TlsDomain": .nothing,
            ]
            values.merge(later) { _, new in new }
        }
        if release.isLater {
            let later: [String: PowerShellObject.Value] = [
                "CloudServicesMailEnabled": .text("False"), "FrontendProxyEnabled": .text("False"),
                "TlsCertificateName": .nothing,
            ]
            values.merge(later) { _, new in new }
        }
        if release == .edge {
            values["SourceTransportServers"] = .list([])
        } else {
            values["OriginatingServer"] = .text("dc1.example.com")
        }
        return PowerShellObject(values.merging(changes) { _, new in new })
    }

    /// Made of the name, so that it is the same in each run.
    package static func guid(_ name: String) -> String {
        let digits = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let text = String(digits, radix: 16)
        return "6f1c0a22-0000-4000-8000-" + (String(repeating: "0", count: 16) + text).suffix(12)
    }
}
