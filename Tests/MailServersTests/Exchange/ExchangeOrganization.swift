import MTAPlan
import MailServers
import Support

/// An organisation as the executor answers of it: values in the forms that live and deserialised objects have.
struct ExchangeOrganization: Sendable {
    enum Release: String, Sendable, CaseIterable {
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

        var isLater: Bool { self != .v2007 && self != .v2010 }
    }

    var release: Release
    var connectors: [PowerShellObject] = []
    var subscribed: [String] = []
    var servers = ["EX01", "EX02"]

    init(_ release: Release, _ connectors: [PowerShellObject] = []) {
        self.release = release
        self.connectors = connectors
    }

    var facts: Facts {
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
    static func connector(
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
    static func guid(_ name: String) -> String {
        let digits = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let text = String(digits, radix: 16)
        return "6f1c0a22-0000-4000-8000-" + (String(repeating: "0", count: 16) + text).suffix(12)
    }
}

/// What the cmdlets do with connectors, by the rules of their documentation; written without a look at mtactl's own.
extension ExchangeOrganization {
    /// Does the steps of a plan, each with the object that it answered.
    ///
    /// - Throws: Where the host would refuse a call, after which nothing more is done.
    mutating func perform(_ work: PowerShellWork) throws {
        for step in work.steps { try call(step.change) }
    }

    mutating func undo(_ work: PowerShellWork) throws {
        for step in work.steps.reversed() { try call(step.undo) }
    }

    private mutating func call(_ call: PowerShellCall) throws {
        switch call.cmdlet {
        case "New-SendConnector":
            guard case .text(let name)? = call["Name"], call["AddressSpaces"] != nil, !has(name) else {
                throw Failure("New-SendConnector: no name, no address spaces, or one of that name")
            }
            var made = Self.connector(name, on: release, ["AddressSpaces": .list([])])
            try apply(call, to: &made)
            connectors.append(made)
        case "Set-SendConnector":
            guard let index = try index(of: call) else { throw Failure("Set-SendConnector: no such connector") }
            try apply(call, to: &connectors[index])
        case "Remove-SendConnector":
            guard call["Confirm"] == .flag(false) else { throw Failure("Remove-SendConnector asks for a confirmation") }
            guard let index = try index(of: call) else { throw Failure("Remove-SendConnector: no such connector") }
            connectors.remove(at: index)
        default: throw Failure("\(call.cmdlet) is no cmdlet of the model")
        }
    }

    private func has(_ name: String) -> Bool {
        connectors.contains { $0.text("Name")?.lowercased() == name.lowercased() }
    }

    private func index(of call: PowerShellCall) throws -> Int? {
        switch call["Identity"] {
        case .text(let identity)?, .answered(_, let identity)?:
            return connectors.firstIndex { $0.text("Guid") == identity || $0.text("Name") == identity }
        default: throw Failure("no identity")
        }
    }

    private func apply(_ call: PowerShellCall, to object: inout PowerShellObject) throws {
        let notProperties: Set<String> = ["Identity", "Name", "Usage", "Confirm", "DomainController"]
        for parameter in call.parameters {
            if release == .edge, ["DomainController", "SourceTransportServers"].contains(parameter.name) {
                throw Failure("\(call.cmdlet) on Edge has no \(parameter.name)")
            }
            if notProperties.contains(parameter.name) { continue }
            guard object.properties[parameter.name] != nil else {
                throw Failure("A parameter cannot be found that matches parameter name '\(parameter.name)'.")
            }
            object.properties[parameter.name] = Self.read(parameter)
        }
        if call["DNSRoutingEnabled"] == .flag(true) {
            guard call["SmartHosts"] == .nothing || call["SmartHosts"] == nil else {
                throw Failure("smart hosts with DNS")
            }
            object.properties["SmartHosts"] = .list([])
            object.properties["SmartHostAuthMechanism"] = .text("None")
            object.properties["AuthenticationCredential"] = .nothing
        }
        if call["DNSRoutingEnabled"] == .flag(false), call["SmartHosts"] == nil {
            throw Failure("DNSRoutingEnabled $false needs SmartHosts on the same command line")
        }
        if call["SmartHosts"] != nil, call["SmartHosts"] != .nothing, call["DNSRoutingEnabled"] != .flag(false) {
            throw Failure("SmartHosts needs DNSRoutingEnabled $false")
        }
        try Self.check(object)
    }

    private static func check(_ object: PowerShellObject) throws {
        let isOn = { (name: String) in object.text(name) == "True" }
        let mechanism = object.text("SmartHostAuthMechanism") ?? "None"
        if mechanism.hasPrefix("BasicAuth"), object.texts("AuthenticationCredential").isEmpty {
            throw Failure("no credential for \(mechanism)")
        }
        if mechanism != "None", object.texts("SmartHosts").isEmpty { throw Failure("\(mechanism) without smart hosts") }
        if isOn("RequireTLS"), isOn("IgnoreSTARTTLS") { throw Failure("RequireTLS with IgnoreSTARTTLS") }
        if object.text("TlsAuthLevel") != nil, !isOn("RequireTLS") { throw Failure("TlsAuthLevel without RequireTLS") }
        let isNamed = object.text("TlsAuthLevel") == "DomainValidation"
        if isNamed != (object.text("TlsDomain") != nil) { throw Failure("TlsDomain and DomainValidation go together") }
        if isOn("DomainSecureEnabled"), !object.texts("SmartHosts").isEmpty { throw Failure("domain security") }
    }

    /// A value as it is read back.
    private static func read(_ parameter: PowerShellCall.Parameter) -> PowerShellObject.Value {
        switch (parameter.name, parameter.value) {
        case (_, .nothing): .nothing
        case (_, .flag(let isOn)): .text(isOn ? "True" : "False")
        case (_, .number(let number)): .text(String(number))
        case (_, .credential(let username, _)): .text(username)
        case ("AddressSpaces", .list(let spaces)): .list(spaces.reversed().map { $0.replacing("SMTP:", with: "smtp:") })
        case ("SmartHosts", .list(let hosts)):
            .list(hosts.map { $0.allSatisfy { $0.isNumber || $0 == "." } ? "[\($0)]" : $0.uppercased() })
        case ("SourceTransportServers", .list(let servers)):
            .list(servers.reversed().map { "CN=\($0),CN=Servers,DC=example" })
        case ("MaxMessageSize", .text(let text)):
            .text(Int(text).map { "50 MB (\(Self.grouped($0)) bytes)" } ?? "Unlimited")
        case (_, .list(let texts)): .list(texts)
        case (_, .text(let text)), (_, .answered(_, let text)): .text(text)
        }
    }

    /// With the separators of a German host.
    private static func grouped(_ number: Int) -> String {
        var digits = Substring(String(number))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ".")
    }
}

extension Proposal {
    /// What the PowerShell driver does for it.
    var calls: PowerShellWork {
        switch work {
        case .powerShell(let work): work
        case .posix, .api: preconditionFailure("the work is for another driver")
        }
    }

    /// All that a person is shown.
    var shownText: String {
        (edits.map { "\($0.verb.rawValue) \($0.name)\n\($0.diff)" }
            + calls.steps.flatMap { ["\($0.title)", "\($0.change)"] }
            + notes).joined(separator: "\n")
    }
}
