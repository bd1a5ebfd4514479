package import MTAPlan

/// What the cmdlets do with connectors, by the rules of their documentation; written without a look at mtactl's own.
extension ExchangeOrganization {
    /// Does the steps of a plan, each with the object that it answered.
    ///
    /// - Throws: Where the host would refuse a call, after which nothing more is done.
    package mutating func perform(_ work: PowerShellWork) throws {
        for step in work.steps { try call(step.change) }
    }

    package mutating func undo(_ work: PowerShellWork) throws {
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
        case (_, .nothing), (_, .found), (_, .content): .nothing
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
