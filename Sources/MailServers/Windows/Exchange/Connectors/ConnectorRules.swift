import MTAPlan

/// The rules by which New-SendConnector and Set-SendConnector refuse combinations of properties.
///
/// Checked on the connector as it would be, so that nothing is started that the host would refuse.
///
/// Source: New-SendConnector and Set-SendConnector, office-docs-powershell.
struct ConnectorRules {
    private let name: String
    private let values: [ConnectorField: String]

    /// `found`: The connector that is changed.
    init(_ name: String, _ settings: [ConnectorSetting], changing found: SendConnector?) {
        self.name = name
        var values: [ConnectorField: String] = [:]
        if let found {
            for field in ConnectorField.allCases { values[field] = found.canonical(field) }
        }
        for setting in settings { values[setting.field] = setting.canonical }
        self.values = values
    }

    /// - Throws: The first rule that is broken.
    func check() throws(Failure) {
        // The directory's limit for a common name.
        let length = name.utf16.count
        if length > 64 { throw broken("its name has \(length) characters, and at most 64 are allowed") }
        if name.first?.isWhitespace != false || name.last?.isWhitespace != false {
            throw broken("a name cannot begin or end with a space")
        }
        let hasSmartHosts = values[.smartHosts] != nil
        let mechanism = values[.smartHostAuthMechanism] ?? "none"
        if isOn(.dnsRoutingEnabled) == hasSmartHosts, values[.dnsRoutingEnabled] != nil {
            throw broken("smart hosts and routing by DNS exclude each other")
        }
        if !hasSmartHosts, mechanism != "none" { throw broken("a mechanism to log in needs smart hosts") }
        if mechanism.hasPrefix("basicauth"), values[.authenticationCredential] == nil {
            throw broken("\(mechanism) needs a user name and a password")
        }
        try checkTLS()
        if isOn(.domainSecureEnabled), hasSmartHosts || isOn(.ignoreSTARTTLS) {
            throw broken("domain security (DomainSecureEnabled) needs routing by DNS, and STARTTLS")
        }
        let spaces = PowerShellForm.addressSpaces.elements(
            of: (values[.addressSpaces] ?? "").split(separator: ", ").map(String.init)
        )
        for space in spaces.map(AddressSpace.init(canonical:)) { try check(space, hasSmartHosts: hasSmartHosts) }
        if let port = values[.port].flatMap({ Int($0) }), !(0...65_535).contains(port) {
            throw broken("\(port) is not a port")
        }
    }

    private func checkTLS() throws(Failure) {
        if isOn(.requireTLS), isOn(.ignoreSTARTTLS) { throw broken("RequireTLS needs STARTTLS") }
        let level = values[.tlsAuthLevel]
        if level != nil, !isOn(.requireTLS) || isOn(.ignoreSTARTTLS) {
            throw broken("TlsAuthLevel needs RequireTLS and STARTTLS")
        }
        if values[.tlsDomain] != nil, level != "domainvalidation" {
            throw broken("TlsDomain needs the TlsAuthLevel DomainValidation")
        }
        if level == "domainvalidation", values[.tlsDomain] == nil, values[.smartHosts] != nil {
            throw broken("the TlsAuthLevel DomainValidation needs a TlsDomain where there are smart hosts")
        }
    }

    private func check(_ space: AddressSpace, hasSmartHosts: Bool) throws(Failure) {
        if space.type != "SMTP", !hasSmartHosts { throw broken("the address type \(space.type) needs smart hosts") }
        if !(1...100).contains(space.cost) { throw broken("a cost must be from 1 to 100") }
        let rest = space.domain.hasPrefix("*.") ? space.domain.dropFirst(2) : space.domain[...]
        if rest.contains("*"), space.domain != "*" {
            throw broken("`\(Printable.line(space.domain))` is not an address space")
        }
    }

    private func isOn(_ field: ConnectorField) -> Bool { values[field] == "true" }

    private func broken(_ rule: String) -> Failure {
        Failure(
            "Exchange would refuse the connector \"\(Printable.line(name))\": \(rule)",
            hint: "name another connector with `exchange: {connector: NAME}`, and a new one is created"
        )
    }
}
