/// What an inventory can say about a host to mtactl: the plain name, Ansible's names for the same, and what it wants.
///
/// Both the reader and the JSON Schema are made from this list.
struct HostSetting: Sendable {
    var name: Name
    /// The one that counts to Ansible where several are there comes first, wherever they are.
    var synonyms: [String]
    private var wanted: Wanted
    var note: String

    private enum Wanted: Sendable {
        case shape(Shape)
        /// The name of a mail server.
        case server
    }

    func shape(in language: PlaybookLanguage) -> Shape {
        switch wanted {
        case .shape(let shape): shape
        case .server: language.mta
        }
    }

    enum Name: String, Sendable, Hashable, CaseIterable {
        case address, port, user
        case identityFile = "identity-file"
        case password, become
        case becomePassword = "become-password"
        case knownHosts = "known-hosts"
        case jump, transport
        case connectTimeout = "connect-timeout"
        case mta
        // Ansible's own, without a plain name.
        case becomeMethod = "ansible_become_method"
        case becomeUser = "ansible_become_user"
        case commonArguments = "ansible_ssh_common_args"
        case extraArguments = "ansible_ssh_extra_args"
        case arguments = "ansible_ssh_args"
        case connection = "ansible_connection"
    }

    static let all = [
        HostSetting(
            .address,
            ["ansible_ssh_host", "ansible_host"],
            .text(.line("a name or address")),
            "Its name or address, if it differs from its name here. It can be a Host of your ssh_config."
        ),
        HostSetting(.port, ["ansible_ssh_port", "ansible_port"], .integer(1...65_535), "SSH's port."),
        HostSetting(
            .user,
            ["ansible_ssh_user", "ansible_user"],
            .text(.line("a user name")),
            "The user to log in as."
        ),
        HostSetting(
            .identityFile,
            ["ansible_ssh_private_key_file", "ansible_private_key_file"],
            .text(.line("a path")),
            "A private key on this machine. Default: the agent's keys and ssh's usual ones."
        ),
        HostSetting(
            .password,
            ["ansible_ssh_password", "ansible_ssh_pass", "ansible_password"],
            .text(.secret),
            "Where to get the login password: \(SecretReference.forms)."
        ),
        HostSetting(
            .become,
            ["ansible_become"],
            .choice([Word("none", "the login user is root"), Word("sudo"), Word("doas")]),
            "How the login user becomes root."
        ),
        HostSetting(
            .becomePassword,
            ["ansible_sudo_pass", "ansible_become_pass", "ansible_become_password"],
            .text(.secret),
            "Where to get the sudo or doas password: \(SecretReference.forms)."
        ),
        HostSetting(
            .knownHosts,
            [],
            .text(.line("a path")),
            "A known_hosts file on this machine. Default: the ones that ssh uses."
        ),
        HostSetting(
            .jump,
            ["proxy-jump"],
            .text(.line("jump hosts")),
            "Hosts to go through, as in ssh's ProxyJump: `user@bastion:22,other`; `none` for none."
        ),
        HostSetting(
            .transport,
            [],
            .choice([Word("libssh2", "built in"), Word("openssh", "the system's ssh, for certificates and FIDO keys")]),
            "Which SSH implementation to use."
        ),
        HostSetting(
            .connectTimeout,
            ["ansible_ssh_timeout", "ansible_timeout"],
            .either([.text(.duration), .integer(1...3_600)]),
            "How long to wait for the connection: a duration, or seconds."
        ),
        HostSetting(.mta, "Which mail server the host has, for plays that say `auto`."),
    ]

    /// Names that Ansible has and that tell us something, besides the synonyms.
    static let onlyAnsible: [Name] = [
        .becomeMethod, .becomeUser, .commonArguments, .extraArguments, .arguments, .connection,
    ]

    /// The setting that a variable is, if it is one.
    static func named(_ variable: String) -> Name? { byName[variable] }

    /// The place of a name among those of its setting: the lowest counts.
    static func rank(_ variable: String) -> Int { ranks[variable] ?? 0 }

    static subscript(_ name: Name) -> HostSetting? { byItsName[name] }

    private static let byItsName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Every name that a variable of ours can have.
    static let names = byName.keys.sorted()

    /// The setting that a misspelt variable was meant for.
    ///
    /// Inventories are full of other tools' variables, so only near misses count, and no plurals.
    static func meant(by variable: String) -> String? {
        guard byName[variable] == nil, variable.utf8.count >= 5 else { return nil }
        let word = Array(variable.unicodeScalars)
        return names.first { name in
            guard name.utf8.count >= 5, name + "s" != variable, variable + "s" != name else { return false }
            return Spelling.distance(word, Array(name.unicodeScalars)) == 1
                || name == variable.replacing("_", with: "-")
        }
    }

    private static let byName: [String: Name] = {
        var result: [String: Name] = [:]
        for name in Name.allCases { result[name.rawValue] = name }
        for setting in all { for synonym in setting.synonyms { result[synonym] = setting.name } }
        return result
    }()

    private static let ranks: [String: Int] = {
        var result: [String: Int] = [:]
        for setting in all { for (rank, synonym) in setting.synonyms.enumerated() { result[synonym] = rank } }
        return result
    }()

    private init(_ name: Name, _ synonyms: [String], _ shape: Shape, _ note: String) {
        self.name = name
        self.synonyms = synonyms
        wanted = .shape(shape)
        self.note = note
    }

    private init(_ name: Name, _ note: String) {
        self.name = name
        synonyms = []
        wanted = .server
        self.note = note
    }
}
