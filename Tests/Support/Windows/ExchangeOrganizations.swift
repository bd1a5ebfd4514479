import MTAPlan

/// Organisations of one release that laws and refusals are tried on.
package struct ExchangeOrganizations: Sendable {
    package let empty: ExchangeOrganization
    package let direct: ExchangeOrganization
    package let relayed: ExchangeOrganization
    package let loggedIn: ExchangeOrganization
    package let several: ExchangeOrganization

    package init(_ release: ExchangeOrganization.Release) {
        let make = { (name: String, changes: [String: PowerShellObject.Value]) in
            ExchangeOrganization.connector(name, on: release, changes)
        }
        let relay: [String: PowerShellObject.Value] = [
            "DNSRoutingEnabled": .text("False"), "SmartHosts": .list(["[192.0.2.1]", "old.example.net"]),
            "MaxMessageSize": .text("50\u{A0}MB (52.428.800 Bytes)"), "Port": .text("2525"),
        ]
        let login: [String: PowerShellObject.Value] = [
            "DNSRoutingEnabled": .text("False"), "SmartHosts": .list(["old.example.net"]),
            "SmartHostAuthMechanism": .text("BasicAuth"), "AuthenticationCredential": .text("theirs"),
            "Fqdn": .text("mail.example.com"), "AddressSpaces": .list(["SMTP:*;5", "smtp:Partner.example;1"]),
        ]
        empty = ExchangeOrganization(release)
        direct = ExchangeOrganization(release, [make("Internet", [:])])
        relayed = ExchangeOrganization(release, [make("Old smarthost", relay)])
        loggedIn = ExchangeOrganization(release, [make("Provider", login)])
        let costly: [String: PowerShellObject.Value] = ["AddressSpaces": .list(["SMTP:*;9"])]
        several = ExchangeOrganization(release, [make("Internet", [:]), make("Journal", [:]), make("Zweig", costly)])
    }

    package var all: [ExchangeOrganization] { [empty, direct, relayed, loggedIn, several] }
}
