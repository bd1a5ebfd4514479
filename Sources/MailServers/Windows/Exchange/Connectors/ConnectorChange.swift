import MTAPlan

/// One connector that is made or changed: what is shown, what is called, and how it is taken back.
struct ConnectorChange: Sendable {
    let choice: ConnectorChoice
    /// All properties that it is to have.
    let settings: [ConnectorSetting]
    let usage: ExchangeSettings.Usage

    private var found: SendConnector? { if case .change(let connector) = choice { connector } else { nil } }

    /// Those that differ from what is there; all where there is nothing.
    var differing: [ConnectorSetting] {
        guard let found else { return settings }
        return settings.filter { !Self.isSame($0, in: found) }
    }

    private static func isSame(_ setting: ConnectorSetting, in found: SendConnector) -> Bool {
        // Follows from the smart hosts.
        if setting.field == .dnsRoutingEnabled { return true }
        let there = found.canonical(setting.field)
        // Encryption alone is what RequireTLS means without a level.
        if setting.field == .tlsAuthLevel, setting.canonical == "encryptiononly", there == nil {
            return found.isOn(.requireTLS)
        }
        return there == setting.canonical || (found.isUnset(setting.field) && setting.canonical == "false")
    }

    /// Whether the change would write over, or throw away, a login whose password nobody could put back.
    var touchesLogin: Bool {
        guard found?.username != nil else { return false }
        let route: Set<ConnectorField> = [.smartHosts, .smartHostAuthMechanism, .authenticationCredential]
        let changesRoute = differing.contains { route.contains($0.field) }
        return changesRoute || settings.contains { $0.field == .smartHosts && $0.canonical == nil }
    }

    private var turnsOff: Bool { settings == [ConnectorSetting(.enabled, .flag(false))] }

    /// Whether the transport service has to restart: it keeps using the port that it read.
    var changesPort: Bool { found != nil && differing.contains { $0.field == .port } }

    /// The servers that send through it in the end.
    var sourceServers: [String] {
        let wanted = settings.first { $0.field == .sourceTransportServers }?.value
        if case .list(let servers)? = wanted { return servers }
        return found?.sourceServers ?? []
    }

    /// The smarthosts that it sends to in the end, in lower case.
    var smartHosts: [String] {
        let wanted = settings.first { $0.field == .smartHosts }?.value
        if case .list(let hosts)? = wanted { return hosts.map { $0.lowercased() } }
        return found?.smartHosts ?? []
    }

    // MARK: What is shown

    /// `nil` where nothing changes.
    var edit: Edit? {
        guard !differing.isEmpty else { return nil }
        let changed = Dictionary(differing.map { ($0.field, $0) }) { first, _ in first }
        let shown = ConnectorField.allCases.filter(\.isShown)
        let before = found.map { found in shown.compactMap { Self.line($0, found.shown($0)) } }
        let after = shown.compactMap { field in
            Self.line(field, changed[field].map(\.shown) ?? found?.shown(field))
        }
        let name = "Send connector \(Printable.line(choice.name))"
        return Edit(
            .object,
            name,
            found == nil ? .create : .edit,
            diff: LineDiff.unified(before.map(Self.bytes), Self.bytes(after), path: "/\(name)")
        )
    }

    private static func line(_ field: ConnectorField, _ value: String?) -> String? {
        value.map { "\(field.rawValue): \(Printable.line($0))" }
    }

    private static func bytes(_ lines: [String]) -> [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

    // MARK: What is done

    /// `nil` where nothing changes.
    func step(_ controller: [PowerShellCall.Parameter]) -> PowerShellWork.Step? {
        guard !differing.isEmpty else { return nil }
        return found.map { changing($0, controller) } ?? making(controller)
    }

    private func making(_ controller: [PowerShellCall.Parameter]) -> PowerShellWork.Step {
        let given = settings.filter { setting in
            // A connector is never made disabled: that asks for a confirmation. What is absent is left out.
            setting.field != .enabled && setting.value != .nothing
        }
        let change = PowerShellCall(
            "New-SendConnector",
            [
                PowerShellCall.Parameter("Name", .text(choice.name)),
                PowerShellCall.Parameter("Usage", .text(usage.rawValue.capitalizedWord)),
            ] + given.map { PowerShellCall.Parameter($0.field.rawValue, $0.value) } + controller,
            tells: [PowerShellCall.Property("Guid", .caseless), PowerShellCall.Property("Name")]
        )
        let undo = PowerShellCall(
            "Remove-SendConnector",
            [
                PowerShellCall.Parameter("Identity", .answered(property: "Guid", otherwise: choice.name)),
                PowerShellCall.Parameter("Confirm", .flag(false)),
            ] + controller
        )
        return PowerShellWork.Step("make the Send connector \"\(Printable.line(choice.name))\"", change, undo: undo)
    }

    private func changing(_ found: SendConnector, _ controller: [PowerShellCall.Parameter]) -> PowerShellWork.Step {
        let fields = Self.whole(differing.map(\.field))
        let given = settings.filter { fields.contains($0.field) }
        let identity = [PowerShellCall.Parameter("Identity", .text(found.guid))]
        let change = given.map { PowerShellCall.Parameter($0.field.rawValue, $0.value) }
        let undo = given.map { PowerShellCall.Parameter($0.field.rawValue, found.value($0.field)) }
        return PowerShellWork.Step(
            "\(turnsOff ? "switch off" : "change") the Send connector \"\(Printable.line(found.name))\"",
            PowerShellCall("Set-SendConnector", identity + change + controller),
            undo: PowerShellCall("Set-SendConnector", identity + undo + controller)
        )
    }

    /// Fields with those that have to be in the same call.
    private static func whole(_ fields: [ConnectorField]) -> Set<ConnectorField> {
        let groups: [Set<ConnectorField>] = [
            [.dnsRoutingEnabled, .smartHosts, .smartHostAuthMechanism, .authenticationCredential],
            [.requireTLS, .ignoreSTARTTLS, .tlsAuthLevel, .tlsDomain],
        ]
        return groups.reduce(Set(fields)) { $0.isDisjoint(with: $1) ? $0 : $0.union($1) }
    }

    /// How the connector must be found before the change.
    func expectation(_ properties: [PowerShellCall.Property]) -> ObjectExpectation {
        guard let found else { return ObjectExpectation(choice.name, .name(choice.name), .absent) }
        return ObjectExpectation(
            found.name,
            .guid(found.guid),
            .unchanged(digest: found.object.digest(of: properties))
        )
    }

    /// How it must be found after it.
    var check: ObjectExpectation {
        let wanted = differing.filter { $0.field != .dnsRoutingEnabled }
            .map { ObjectExpectation.Wanted($0.field.property, $0.canonical) }
        let identity = found.map { ObjectExpectation.Identity.guid($0.guid) } ?? .name(choice.name)
        return ObjectExpectation(choice.name, identity, .with(wanted))
    }
}

extension SendConnector {
    /// Whether a flag has no value, as where the version does not know it.
    fileprivate func isUnset(_ field: ConnectorField) -> Bool { field.kind == .flag && canonical(field) == nil }
}

extension String {
    /// `custom` as `Custom`.
    fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
