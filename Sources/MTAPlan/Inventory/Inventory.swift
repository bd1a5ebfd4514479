/// The hosts, their groups, and how to reach them.
package struct Inventory: Sendable, Hashable {
    /// In the order in which Ansible takes them: group by group, those of no group first.
    package var hosts: [InventoryHost] { didSet { indices = Self.indices(hosts) } }
    /// In the order in which the inventory names them; `all` first.
    package var groups: [InventoryGroup]
    /// What is odd but no error, in the order of places.
    package var warnings: [Failure]
    private var indices: [String: Int]

    package init(hosts: [InventoryHost] = [], groups: [InventoryGroup] = [], warnings: [Failure] = []) {
        self.hosts = hosts
        self.groups = groups
        self.warnings = warnings
        indices = Self.indices(hosts)
    }

    private static func indices(_ hosts: [InventoryHost]) -> [String: Int] {
        Dictionary(hosts.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    }

    package func host(_ name: String) -> InventoryHost? { indices[name].map { hosts[$0] } }
    package func group(_ name: String) -> InventoryGroup? { groups.first { $0.name == name } }
}

/// A group and all hosts in it and below it.
package struct InventoryGroup: Sendable, Hashable {
    package var name: String
    package var children: [String]
    /// Names of its hosts and of its descendants' hosts, level by level.
    package var hosts: [String]

    package init(name: String, children: [String] = [], hosts: [String]) {
        self.name = name
        self.children = children
        self.hosts = hosts
    }
}

/// A host, its variables, and how to reach it.
package struct InventoryHost: Sendable, Hashable {
    package var name: String
    /// The groups it is in, from the outermost inwards: from the weakest variables to the strongest.
    package var groups: [String]
    package var connection: HostConnection
    /// What the inventory says the host runs.
    package var mta: MailServerChoice?
    /// Stronger than the play's, section by section.
    package var extras: ServerExtras
    /// What keeps this host from being used: values of ours that are templates, encrypted or wrong.
    package var problems: [Failure]
    /// Where the inventory has a password that cannot be used: why.
    ///
    /// Matters only where the password is needed.
    package var withheld: [HostPassword: Failure]

    package init(
        name: String,
        groups: [String] = [],
        connection: HostConnection? = nil,
        mta: MailServerChoice? = nil,
        extras: ServerExtras = ServerExtras(),
        problems: [Failure] = [],
        withheld: [HostPassword: Failure] = [:]
    ) {
        self.name = name
        self.groups = groups
        self.connection = connection ?? HostConnection(address: name)
        self.mta = mta
        self.extras = extras
        self.problems = problems
        self.withheld = withheld
    }
}

/// The passwords that an inventory can refer to.
package enum HostPassword: Sendable, Hashable, CaseIterable {
    case login
    case become
}

/// How to reach a host.
///
/// What is `nil` is left to ssh_config and to what ssh does by itself.
package struct HostConnection: Sendable, Hashable {
    /// A name, an address, or a Host of ssh_config.
    package var address: String
    package var port: Int?
    package var user: String?
    package var identityFile: String?
    package var password: SecretReference?
    package var become: Become?
    package var becomePassword: SecretReference?
    package var knownHosts: String?
    /// In the order in which they are gone through; empty where the inventory says `none`.
    package var jumps: [JumpHost]?
    /// A program that is to carry the connection, where it is more than an ssh to jump hosts.
    package var proxyCommand: String?
    /// Read instead of the user's ssh_config and the system's (`ssh -F`).
    package var configuration: String?
    /// More settings of ssh_config, each `keyword=value`, as on ssh's command line.
    package var options: [String] = []
    package var transport: Transport?
    package var connectTimeout: Duration?

    package init(
        address: String,
        port: Int? = nil,
        user: String? = nil,
        identityFile: String? = nil,
        password: SecretReference? = nil,
        become: Become? = nil,
        becomePassword: SecretReference? = nil,
        knownHosts: String? = nil,
        jumps: [JumpHost]? = nil,
        transport: Transport? = nil,
        connectTimeout: Duration? = nil
    ) {
        self.address = address
        self.port = port
        self.user = user
        self.identityFile = identityFile
        self.password = password
        self.become = become
        self.becomePassword = becomePassword
        self.knownHosts = knownHosts
        self.jumps = jumps
        self.transport = transport
        self.connectTimeout = connectTimeout
    }

    /// How who logs in becomes root.
    package enum Become: String, Sendable, Hashable, CaseIterable { case none, sudo, doas }

    package enum Transport: String, Sendable, Hashable, CaseIterable { case libssh2, openssh }

    /// One host on the way.
    ///
    /// What is `nil` is left to ssh_config, as for the host itself.
    package struct JumpHost: Sendable, Hashable {
        package var user: String?
        package var address: String
        package var port: Int?
        package var identityFile: String?
        package var knownHosts: String?
        package var configuration: String?
        package var options: [String] = []
        /// Whether an ssh of its own is written out for it, which takes nothing over from the host's.
        package var hasOwnSSH = false

        package init(user: String? = nil, address: String, port: Int? = nil) {
            self.user = user
            self.address = address
            self.port = port
        }
    }
}
