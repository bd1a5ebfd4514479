internal import MTAPlan
internal import SSH

/// The system's ssh with the inventory's settings; all else is ssh_config's.
///
/// What would ask somebody, print of its own accord, share a connection, or do more than run one program is turned off.
struct OpenSSHCommand: Sendable {
    let connection: HostConnection
    let settings: SSHConfig?
    /// The hosts to go through, where we know them.
    let jumps: [HostConnection.JumpHost]?
    let acceptsNewKeys: Bool

    /// Up to the host's name; the command line comes behind.
    ///
    /// `answered`: Which hosts of the way, counted from the first, have their password answered (`Askpass`); no other may ask.
    func words(answered: Set<Int> = []) -> [String] {
        let own = jumps?.count ?? 0
        var words = ["ssh", "-T", "-a", "-x"]
        if let file = connection.configuration { words += ["-F", UserAccount.expanded(file)] }
        words += ["-o", "LogLevel=DEBUG1", "-o", "RemoteCommand=none"] + common(isAnswered: answered.contains(own))
        if let command = connection.proxyCommand {
            words += ["-o", "ProxyCommand=\(command)"]
        } else if let jumps {
            words += ["-o", proxyCommand(through: jumps, answered) ?? "ProxyJump=none"]
        }
        if let file = connection.knownHosts { words += Self.knownHosts(file) }
        if let file = connection.identityFile { words += ["-o", "IdentityFile=\"\(file)\""] }
        for option in connection.options { words += ["-o", option] }
        if let port = connection.port { words += ["-p", "\(port)"] }
        if let user = connection.user { words += ["-l", user] }
        return words + ["--", connection.address]
    }

    /// What holds for each ssh on the way.
    private func common(isAnswered: Bool) -> [String] {
        let limit = connection.connectTimeout ?? settings?.connectTimeout ?? SSHDeadlines().connect
        return [
            isAnswered ? "BatchMode=no" : "BatchMode=yes", "NumberOfPasswordPrompts=1",
            "StrictHostKeyChecking=\(acceptsNewKeys ? "accept-new" : "yes")",
            "ConnectTimeout=\(max(1, limit.components.seconds))", "ControlMaster=no", "ControlPath=none",
            "PermitLocalCommand=no", "ClearAllForwardings=yes",
        ].flatMap { ["-o", $0] }
    }

    private static func knownHosts(_ file: String) -> [String] {
        ["-o", "UserKnownHostsFile=\"\(file.replacing("%", with: "%%"))\""]
    }

    /// What ssh makes of ProxyJump, with the settings of each of its hosts, and with ours.
    private func proxyCommand(through jumps: [HostConnection.JumpHost], _ answered: Set<Int>) -> String? {
        guard let jump = jumps.last else { return nil }
        var words = ["ssh", "-T", "-a", "-x"]
        if let file = jump.configuration { words += ["-F", UserAccount.expanded(file)] }
        words += ["-o", "LogLevel=DEBUG1"] + common(isAnswered: answered.contains(jumps.count - 1))
        if let before = proxyCommand(through: jumps.dropLast(), answered) { words += ["-o", before] }
        if let file = jump.knownHosts { words += Self.knownHosts(file) }
        if let file = jump.identityFile { words += ["-o", "IdentityFile=\"\(file)\""] }
        for option in jump.options { words += ["-o", option] }
        if let port = jump.port { words += ["-p", "\(port)"] }
        if let user = jump.user { words += ["-l", user] }
        let quoted = words.map { $0.replacing("%", with: "%%").shellQuoted }.joined(separator: " ")
        return "ProxyCommand=\(quoted) -W '[%h]:%p' -- \(jump.address.shellQuoted)"
    }
}
