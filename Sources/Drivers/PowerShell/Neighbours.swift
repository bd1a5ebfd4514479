internal import MTAPlan

/// The Windows hosts of one command: by its computer name one leads to another of the same organisation.
package actor Neighbours {
    private var sessions: [HostSession] = []
    /// Keyed by the computer's name, as facts told it.
    private var known: [String: HostSession] = [:]

    package init() {}

    package func add(_ session: HostSession) { sessions.append(session) }

    func learn(_ computer: String, is session: HostSession) { known[Self.short(computer)] = session }

    /// The host that is a server; where no host has told its name yet, the one that is called so in the inventory.
    func session(of server: String) -> HostSession? {
        let short = Self.short(server)
        return known[short] ?? sessions.first { Self.short($0.name) == short }
    }

    /// As servers are compared: without a domain, in capitals.
    static func short(_ name: String) -> String {
        PowerShellForm.servers.elements(of: [name]).first ?? ""
    }
}
