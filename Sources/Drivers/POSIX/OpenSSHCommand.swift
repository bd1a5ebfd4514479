internal import MTAPlan
internal import SSH

/// The system's ssh with the inventory's settings; all else is ssh_config's.
///
/// What would ask somebody, print of its own accord, share a connection, or do more than run one program is turned off.
struct OpenSSHCommand {
    let connection: HostConnection
    let settings: SSHConfig?
    /// The hosts to go through, where we know them.
    let jumps: [HostConnection.JumpHost]?
    let acceptsNewKeys: Bool

    /// Up to the host's name; the command line comes behind.
    var words: [String] {
        var words = ["ssh", "-T", "-a", "-x"]
        if let file = connection.configuration { words += ["-F", UserAccount.expanded(file)] }
        words += ["-o", "LogLevel=DEBUG1", "-o", "RemoteCommand=none"] + common
        if let command = connection.proxyCommand {
            words += ["-o", "ProxyCommand=\(command)"]
        } else if let jumps {
            words += ["-o", Self.proxyCommand(through: jumps, common) ?? "ProxyJump=none"]
        }
        if let file = connection.knownHosts { words += Self.knownHosts(file) }
        if let file = connection.identityFile { words += ["-o", "IdentityFile=\"\(file)\""] }
        for option in connection.options { words += ["-o", option] }
        if let port = connection.port { words += ["-p", "\(port)"] }
        if let user = connection.user { words += ["-l", user] }
        return words + ["--", connection.address]
    }

    /// What holds for each ssh on the way.
    private var common: [String] {
        let limit = connection.connectTimeout ?? settings?.connectTimeout ?? SSHDeadlines().connect
        return [
            "BatchMode=yes", "StrictHostKeyChecking=\(acceptsNewKeys ? "accept-new" : "yes")",
            "ConnectTimeout=\(max(1, limit.components.seconds))", "ControlMaster=no", "ControlPath=none",
            "PermitLocalCommand=no", "ClearAllForwardings=yes",
        ].flatMap { ["-o", $0] }
    }

    private static func knownHosts(_ file: String) -> [String] {
        ["-o", "UserKnownHostsFile=\"\(file.replacing("%", with: "%%"))\""]
    }

    /// What ssh makes of ProxyJump, with the settings of each of its hosts, and with ours.
    private static func proxyCommand(through jumps: [HostConnection.JumpHost], _ common: [String]) -> String? {
        guard let jump = jumps.last else { return nil }
        var words = ["ssh", "-T", "-a", "-x"]
        if let file = jump.configuration { words += ["-F", UserAccount.expanded(file)] }
        words += ["-o", "LogLevel=DEBUG1"] + common
        if let before = proxyCommand(through: jumps.dropLast(), common) { words += ["-o", before] }
        if let file = jump.knownHosts { words += knownHosts(file) }
        if let file = jump.identityFile { words += ["-o", "IdentityFile=\"\(file)\""] }
        for option in jump.options { words += ["-o", option] }
        if let port = jump.port { words += ["-p", "\(port)"] }
        if let user = jump.user { words += ["-l", user] }
        let quoted = words.map { $0.replacing("%", with: "%%").shellQuoted }.joined(separator: " ")
        return "ProxyCommand=exec \(quoted) -W '[%h]:%p' -- \(jump.address.shellQuoted)"
    }
}
