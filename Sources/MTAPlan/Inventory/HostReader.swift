/// Understands those variables of a host that are ours.
struct HostReader {
    let name: String
    private(set) var variables: HostVariables
    /// Files of variables for this host that are encrypted.
    let encrypted: [Place]
    let defaults: HostDefaults
    private let language: PlaybookLanguage
    var problems: [Complaint] = []
    var warnings: [Complaint] = []
    var withheld: [HostPassword: Complaint] = [:]

    init(
        name: String,
        variables: HostVariables,
        encrypted: [Place],
        defaults: HostDefaults,
        language: PlaybookLanguage
    ) {
        self.name = name
        self.variables = variables
        self.encrypted = encrypted
        self.defaults = defaults
        self.language = language
        self.variables.resolve(fallback: defaults.entries)
        warnings = self.variables.warnings
    }

    mutating func host(groups: [String]) -> InventoryHost {
        let connection = connection()
        let mta = text(.mta).map { MailServerChoice($0) }
        let extras = extras()
        return InventoryHost(
            name: name,
            groups: groups,
            connection: connection,
            mta: mta,
            extras: extras,
            problems: Failures(problems)?.all ?? [],
            withheld: withheld.mapValues(\.failure)
        )
    }

    private mutating func connection() -> HostConnection {
        var connection = HostConnection(address: name)
        if let address = text(.address) { connection.address = address }
        if let entry = variables.settings[.address],
            connection.address.hasPrefix("-") || connection.address.contains(where: \.isWhitespace)
        {
            problem(entry.value.place, "`\(connection.address.shortened)` is not a host name")
        }
        connection.port = integer(.port)
        connection.user = text(.user)
        if connection.user?.hasPrefix("-") == true {
            problem(variables.settings[.user]?.value.place, "a user name does not begin with `-`")
        }
        connection.identityFile = path(.identityFile)
        connection.password = password(.password, .login)
        connection.become = become()
        connection.becomePassword = password(.becomePassword, .become)
        connection.knownHosts = path(.knownHosts)
        connection.transport = text(.transport).flatMap { HostConnection.Transport(rawValue: $0) }
        connection.connectTimeout = timeout()
        addArguments(to: &connection)
        if let jump = text(.jump), !connection.hasWay {
            connection.jumps = jumps(jump, variables.settings[.jump]?.value.place)
        }
        connection.handConfigurationOn()
        checkAnsibleConnection()
        defaults.complete(&connection, &withheld)
        return connection
    }

    /// Whether ssh's arguments are further inside than a plain name.
    func isOverruledByArguments(_ name: HostSetting.Name) -> Bool {
        let own = variables.settings[name]?.layer ?? 0
        let arguments: [HostSetting.Name] = [.arguments, .commonArguments, .extraArguments]
        return arguments.contains { (variables.settings[$0]?.layer ?? 0) > own }
    }

    mutating func problem(_ place: Place?, _ problem: String, hint: String? = nil) {
        problems.append(Complaint(place ?? Place(file: "inventory"), problem, hint: hint))
    }

    /// A path: under our name as seen from the file that it is in, under Ansible's as Ansible sees it.
    private mutating func path(_ name: HostSetting.Name) -> String? {
        guard let path = text(name), let entry = variables.settings[name] else { return nil }
        return entry.name == name.rawValue ? SecretReference.path(path, in: folder(of: entry.place.file)) : path
    }

    /// The value of a setting, if it is there, is no template, not encrypted, and as described.
    private mutating func value(_ name: HostSetting.Name) -> YAMLNode? {
        guard let entry = variables.settings[name] else { return nil }
        if let reason = unreadable(entry) {
            problems.append(reason)
            return nil
        }
        var node = entry.value
        // Said to be nothing: what ssh does by itself.
        if node.scalar?.isEmpty == true { return nil }
        if let shape = HostSetting[name]?.shape(in: language) {
            // Ansible takes numbers in quotes, and text without them.
            if case .integer = shape, let number = AnsibleNumber.integer(node) { node.content = .plain("\(number)") }
            if case .text = shape, let text = node.scalar { node.content = .quoted(text.trimmed) }
            node.tag = nil
            let found = shape.complaints(node, name: entry.name)
            problems += found
            if !found.isEmpty { return nil }
        }
        return node
    }

    mutating func text(_ name: HostSetting.Name) -> String? { value(name)?.scalar }

    private mutating func integer(_ name: HostSetting.Name) -> Int? { value(name)?.integer }

    private mutating func become() -> HostConnection.Become? {
        guard let entry = variables.settings[.become] else { return nil }
        if let word = entry.value.scalar, let become = HostConnection.Become(rawValue: word) { return become }
        switch entry.value.scalar?.lowercased() {
        case "": return nil
        case "false", "no", "off", "n", "f", "0": return HostConnection.Become.none
        case "true", "yes", "on", "y", "t", "1": break
        default:
            if let reason = unreadable(entry) {
                problems.append(reason)
            } else {
                problem(entry.value.place, "`\(entry.name)` must be one of `none`, `sudo`, `doas`")
            }
            return nil
        }
        if let user = text(.becomeUser), user != "root" {
            problem(
                variables.settings[.becomeUser]?.value.place,
                "mtactl can only become root, not `\(user.shortened)`"
            )
        }
        let method = text(.becomeMethod)?.replacing("ansible.builtin.", with: "") ?? "sudo"
        if let become = HostConnection.Become(rawValue: method.replacing("community.general.", with: "")) {
            return become
        }
        problem(
            variables.settings[.becomeMethod]?.value.place,
            "mtactl does not know how to become root with `\(method.shortened)`",
            hint: "write `become: sudo` or `become: doas`"
        )
        return nil
    }

    private mutating func timeout() -> Duration? {
        guard let node = value(.connectTimeout) else { return nil }
        if let seconds = node.integer ?? node.scalar.flatMap({ Int($0) }) { return .seconds(seconds) }
        do throws(TextForm.Fault) { return try DurationText.parse(node.scalar ?? "") } catch { return nil }
    }

    private mutating func extras() -> ServerExtras {
        var extras = ServerExtras()
        for section in language.sections {
            guard let node = variables.strongest[section.key]?.value else { continue }
            // Other tools have variables of these names too.
            let found = section.shape.complaints(node, name: section.key)
            guard found.isEmpty else {
                warnings += found.map {
                    Complaint($0.place, "\($0.problem); `\(section.key)` is ignored", hint: $0.hint)
                }
                continue
            }
            extras.add(section.init(SectionReader(node, folder: folder(of: node.place.file))))
        }
        return extras
    }
}

extension HostReader {
    private mutating func checkAnsibleConnection() {
        guard let kind = text(.connection)?.replacing("ansible.builtin.", with: "") else { return }
        switch kind {
        case "ssh", "paramiko", "paramiko_ssh", "smart", "libssh", "ansible.netcommon.libssh": return
        default:
            problem(
                variables.settings[.connection]?.value.place,
                "mtactl reaches hosts by SSH, not by `\(kind.shortened)`",
                hint: kind == "local" ? "SSH to this machine works" : "a Windows host needs OpenSSH"
            )
        }
    }
}
