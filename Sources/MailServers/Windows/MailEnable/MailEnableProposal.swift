import MTAPlan

/// From what is asked for and what the registry has to the values that are written.
struct MailEnableProposal {
    private let site: MailEnableSite
    private let profile: MailEnableProfile
    private let smarthost: Smarthost
    private let secrets: Secrets
    /// What is shown of the values that are there.
    private let glossary: Glossary

    /// - Throws: What MailEnable, or this host, cannot do.
    init(
        site: MailEnableSite,
        profile: MailEnableProfile,
        smarthost: Smarthost,
        secrets: Secrets
    ) throws(Failure) {
        (self.site, self.profile, self.smarthost, self.secrets) = (site, profile, smarthost, secrets)
        glossary = Glossary(for: Routes(defaultRoute: .via(smarthost)))
        if smarthost.tls != .opportunistic {
            throw .noSuchTLS(
                "mailenable",
                smarthost,
                why: smarthost.tls == .none
                    ? "it encrypts where the smarthost offers it"
                    : "it encrypts where the smarthost offers it, and sends in clear text where it does not",
                hint: "write `tls: opportunistic` if mail and login may then cross the network in clear text"
            )
        }
        if smarthost.port == 465 { throw .noTLSFromTheStart(smarthost) }
        if smarthost.hosts.contains(where: { $0.contains(":") }) { throw .noAddress(smarthost.name) }
        guard let login = smarthost.login else { return }
        if profile.values[.password]?.kind != "String" { throw .sealedPassword(smarthost, profile.version) }
        try LoginLimits(server: "mailenable").check(login, secrets: secrets)
        if String(validating: try secrets.value(of: login.password).reveal(), as: UTF8.self) == nil {
            throw .noText(login)
        }
    }

    /// A value as it is to be.
    private struct Wanted {
        var field: MailEnableProfile.Field
        var value: MailEnableProfile.Value
        var found: MailEnableSite.Row
        /// `nil` of a password.
        var text: String?
        var secret: SecretReference?
        var isDifferent: Bool

        /// How it is to be read again.
        var check: ObjectExpectation {
            let value = text.flatMap { $0.isEmpty ? nil : $0 }
            let wanted = ObjectExpectation.Wanted(PowerShellCall.Property("Value"), value)
            return ObjectExpectation(found.name, .name(found.name), .with([wanted]))
        }
    }

    func made() throws(Failure) -> Proposal {
        let wanted = try all()
        let changed = wanted.filter(\.isDifferent)
        var notes: [String] = []
        if smarthost.login != nil {
            notes.append(
                "mailenable encrypts only where the smarthost offers it, so where `\(smarthost.name)` does not, the login crosses the network in clear text"
            )
        }
        if let version = site.version, version != profile.version {
            notes.append(
                "the profile is from MailEnable \(Printable.word(profile.version)), and the host has \(Printable.word(version)) with the same names and types of values"
            )
        }
        let edits = changed.isEmpty ? [] : [edit(wanted)]
        return Proposal(edits: edits, work: .powerShell(work(changed)), notes: notes)
    }

    /// In the order in which they are written: what is used comes before what makes use of it.
    private func all() throws(Failure) -> [Wanted] {
        var wanted = [
            try one(.host, smarthost.hosts[0]), try one(.port, String(smarthost.port)),
        ]
        if let login = smarthost.login {
            wanted.append(try one(.user, login.username))
            wanted.append(try password(login.password))
        }
        wanted.append(try box(.authenticate, isOn: smarthost.login != nil))
        wanted.append(try box(.enabled, isOn: true))
        return wanted
    }

    private func one(_ field: MailEnableProfile.Field, _ text: String) throws(Failure) -> Wanted {
        let (value, row) = try row(field)
        return Wanted(field: field, value: value, found: row, text: text, isDifferent: row.text != text)
    }

    private func box(_ field: MailEnableProfile.Field, isOn: Bool) throws(Failure) -> Wanted {
        let (value, _) = try row(field)
        return try one(field, (isOn ? value.on : value.off) ?? "")
    }

    private func password(_ reference: SecretReference) throws(Failure) -> Wanted {
        let (value, row) = try row(.password)
        let isSame = row.text.map { Array($0.utf8) } == (try secrets.value(of: reference).reveal())
        return Wanted(field: .password, value: value, found: row, secret: reference, isDifferent: !isSame)
    }

    /// What the profile says of a field, and the registry's value.
    ///
    /// - Throws: Where there is no such value, or one of another type: it would be one that nobody reads.
    private func row(
        _ field: MailEnableProfile.Field
    ) throws(Failure) -> (MailEnableProfile.Value, MailEnableSite.Row) {
        guard let value = profile.values[field] else { throw .notInProfile(field.rawValue) }
        guard let row = site.rows.values.first(where: { $0.name.lowercased() == value.name.lowercased() }) else {
            throw .notThere(value.name, profile.version)
        }
        guard row.kind == value.kind else { throw .otherType(row, value.kind) }
        return (value, row)
    }

    // MARK: What is shown and done

    private func edit(_ wanted: [Wanted]) -> Edit {
        let lines = { (line: (Wanted) -> String) in
            Array(wanted.map { "\($0.field.rawValue): \(line($0))\n" }.joined().utf8)
        }
        let before = lines { row in
            guard row.secret == nil else {
                return row.isDifferent ? "[secret]" : "[secret \(row.secret.map { "\($0)" } ?? "")]"
            }
            return shown(row.found.text ?? "", of: row)
        }
        let after = lines { row in
            row.secret.map { "[secret \($0)]" } ?? shown(row.text ?? "", of: row)
        }
        return Edit(
            .object,
            "Smart host of MailEnable",
            .edit,
            diff: LineDiff.unified(before, after, path: "/Smart host of MailEnable")
        )
    }

    private func shown(_ text: String, of row: Wanted) -> String {
        let word = text == row.value.on ? " (on)" : text == row.value.off ? " (off)" : ""
        return glossary.value(Printable.line(text)) + (row.field.isBox ? word : "")
    }

    private func work(_ changed: [Wanted]) -> PowerShellWork {
        if changed.isEmpty { return PowerShellWork(expectations: [], snapshot: [], steps: [], checks: []) }
        let connector = site.place.connector
        let whole = MailEnableSite.reading(connector, tells: MailEnableSite.properties)
        let names = [PowerShellCall.Property("Name"), PowerShellCall.Property("Kind")]
        // Of a password a plan holds no hash, as weak ones could be searched for.
        let types = MailEnableSite.reading(connector, tells: names)
        let digests = MailEnableSite.reading(connector, tells: names + [PowerShellCall.Property("Value", .digest)])
        let (open, closed) = (changed.filter { $0.secret == nil }, changed.filter { $0.secret != nil })
        return PowerShellWork(
            expectations: [unchanged(open, whole), unchanged(closed, types)],
            snapshot: [digests],
            steps: changed.map { step($0, in: connector) },
            restarts: [site.computer],
            service: MailEnableSite.service.name,
            checks: [PowerShellWork.Expectation(site.place.factsKey, whole, open.map(\.check))]
        )
    }

    private func unchanged(_ rows: [Wanted], _ call: PowerShellCall) -> PowerShellWork.Expectation {
        let objects = rows.map { row in
            ObjectExpectation(
                row.found.name,
                .name(row.found.name),
                .unchanged(digest: row.found.object.digest(of: call.properties))
            )
        }
        return PowerShellWork.Expectation(site.place.factsKey, call, objects)
    }

    private func step(_ row: Wanted, in key: String) -> PowerShellWork.Step {
        let write = { (value: PowerShellCall.Value) in
            PowerShellCall(
                "registry.write",
                [
                    PowerShellCall.Parameter("Key", .text(key)),
                    PowerShellCall.Parameter("Name", .text(row.found.name)),
                    PowerShellCall.Parameter("Value", value), PowerShellCall.Parameter("Kind", .text(row.found.kind)),
                ]
            )
        }
        return PowerShellWork.Step(
            "set `\(row.found.name)` of MailEnable's smart host",
            write(row.secret.map { .secret($0) } ?? .text(row.text ?? "")),
            undo: write(.found(name: row.found.name))
        )
    }
}

extension MailEnableSite.Row {
    /// As the executor told it.
    fileprivate var object: PowerShellObject {
        PowerShellObject(["Name": .text(name), "Kind": .text(kind), "Value": value])
    }
}

extension Failure {
    fileprivate static func notInProfile(_ field: String) -> Failure {
        Failure(
            "the profile does not say how `\(field)` is stored",
            hint: "`mtactl discover mailenable HOST` makes one"
        )
    }

    fileprivate static func notThere(_ name: String, _ version: String) -> Failure {
        Failure(
            "the registry lacks the value `\(Printable.word(name))` of the profile of MailEnable \(Printable.word(version)), and mtactl does not create values",
            hint:
                "open the SMTP connector's Smart host tab on the host and press OK once; if that does not help, make a profile of this version"
        )
    }

    /// .NET, `Microsoft.Win32.RegistryValueKind`: a host's answer can have any word there.
    private static let registryTypes: Set<String> = [
        "Binary", "DWord", "ExpandString", "MultiString", "None", "QWord", "String", "Unknown",
    ]

    fileprivate static func otherType(_ row: MailEnableSite.Row, _ kind: String) -> Failure {
        let found = registryTypes.contains(row.kind) ? "of type \(row.kind)" : "of another type"
        return Failure(
            "`\(Printable.word(row.name))` is \(found), and the profile says \(kind)",
            hint: "make a profile of this version of MailEnable: `mtactl discover mailenable HOST`"
        )
    }

    fileprivate static func sealedPassword(_ smarthost: Smarthost, _ version: String) -> Failure {
        Failure(
            "by its profile MailEnable \(Printable.word(version)) stores passwords in a form of its own, so mtactl cannot write the one for `\(smarthost.name)`",
            hint: "have the smarthost accept the host by its address, and remove `login`"
        )
    }

    fileprivate static func noText(_ login: Login) -> Failure {
        Failure(
            "mailenable cannot store the password of `\(login.username.escaped)` (\(login.password)): it is not text",
            hint: "have the password changed"
        )
    }

    fileprivate static func noTLSFromTheStart(_ smarthost: Smarthost) -> Failure {
        Failure(
            "`\(smarthost.name)` has port 465, which expects TLS from the first byte; that mailenable can do that is not documented",
            hint: "give the port on which the smarthost offers STARTTLS, usually 587"
        )
    }

    fileprivate static func noAddress(_ name: String) -> Failure {
        Failure(
            "it is not documented that mailenable takes an IPv6 address such as that of `\(name)`",
            hint: "give the smarthost's name"
        )
    }
}
