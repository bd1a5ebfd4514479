internal import MTAPlan
internal import SSH

/// A host, with all that decides how it is reached.
struct HostWay: Sendable {
    /// As our own SSH is to reach it, through each host on the way.
    var target: SSHTarget
    /// The same for the system's ssh.
    var openSSH: OpenSSHCommand
}

extension Connector {
    private typealias JumpHost = HostConnection.JumpHost

    /// The inventory's word first, then ssh_config's, then what ssh does by itself.
    ///
    /// - Throws: Where ssh would refuse what ssh_config says, or our own SSH cannot follow it.
    func way(to host: InventoryHost) async throws(Failure) -> HostWay {
        let connection = host.connection
        let settings = try await sshConfigs.settings(
            connection.question(isWayKnown: connection.jumps?.isEmpty == false)
        )
        var target = SSHTarget(
            name: host.name,
            address: settings?.hostName ?? connection.address,
            port: connection.port ?? settings?.port ?? 22,
            user: connection.user ?? settings?.user ?? UserAccount.current.name,
            authentication: authentication(settings, identityFile: connection.identityFile, of: host),
            hostKeys: hostKeys(settings, knownHosts: connection.knownHosts)
        )
        target.logger = logger(of: host.name)
        let isOpenSSH = connection.transport == .openssh
        let next = try next(connection, settings, isOpenSSH: isOpenSSH)
        if connection.jumps != nil, let jump = next.jumps.last, filled(jump, for: target).isLoop(to: target) {
            throw .ownJumpHost(connection.address)
        }
        let hops = try await hops(next.jumps, to: target, isOpenSSH: isOpenSSH, depth: 0)
        target.jumps = hops.map(\.target)
        target.hasProgram = next.hasProgram
        if let settings { try target.follow(settings, isOpenSSH: isOpenSSH) }
        if let limit = connection.connectTimeout ?? settings?.connectTimeout { target.deadlines.connect = limit }
        let command = OpenSSHCommand(
            connection: connection,
            settings: settings,
            jumps: connection.jumps == nil && hops.isEmpty ? nil : hops.map(\.jump),
            acceptsNewKeys: target.hostKeys.unknown == .acceptNew
        )
        return HostWay(target: target, openSSH: command)
    }

    /// The hosts to go through, as inventory or ssh_config say it of the host itself.
    private func next(
        _ connection: HostConnection,
        _ settings: SSHConfig?,
        isOpenSSH: Bool
    ) throws(Failure) -> (jumps: [JumpHost], hasProgram: Bool) {
        if let jumps = connection.jumps { return (jumps, false) }
        if connection.proxyCommand != nil { return ([], true) }
        return try settings?.next(configuration: connection.configuration, isOpenSSH: isOpenSSH) ?? ([], false)
    }

    private struct Hop {
        var jump: JumpHost
        var target: SSHTarget
    }

    /// All hosts on the way: the last is reached through those before it, the first as ssh_config says of it.
    ///
    /// ssh would follow a longer loop than `isLoop` sees forever; here it ends.
    private func hops(
        _ jumps: [JumpHost],
        to host: SSHTarget,
        isOpenSSH: Bool,
        depth: Int
    ) async throws(Failure) -> [Hop] {
        guard let last = jumps.last else { return [] }
        let jump = filled(last, for: host)
        guard depth < 8, !jump.isLoop(to: host) else { throw .endlessWay(jump.address) }
        let listed = listed(jump)
        let settings: SSHConfig?
        var earlier = Array(jumps.dropLast())
        var target: SSHTarget
        do throws(Failure) {
            settings = try await sshConfigs.settings(jump.question(isWayKnown: !earlier.isEmpty))
            target = self.target(jump, settings, listed)
            if earlier.isEmpty, let own = try settings?.next(configuration: jump.configuration, isOpenSSH: isOpenSSH) {
                earlier = own.jumps
                target.hasProgram = own.hasProgram
            }
            target.jumps = []
            if let settings {
                var probe = target
                probe.hasProgram = target.hasProgram || !earlier.isEmpty
                try probe.follow(settings, isOpenSSH: isOpenSSH)
                target.addressFamily = probe.addressFamily
                target.bindAddress = probe.bindAddress
            }
        } catch {
            throw error.through(jump.address)
        }
        let before = try await hops(earlier, to: target, isOpenSSH: isOpenSSH, depth: depth + 1)
        return before + [Hop(jump: jump, target: target)]
    }

    /// The jump host with what the inventory says of it where it is a host of its own there.
    private func filled(_ jump: JumpHost, for host: SSHTarget) -> JumpHost {
        var filled = jump
        let listed = listed(jump)
        filled.user = jump.user == "%r" ? host.user : jump.user ?? listed?.connection.user
        filled.port = jump.port ?? listed?.connection.port
        filled.identityFile = jump.identityFile ?? listed?.connection.identityFile
        filled.knownHosts = jump.knownHosts ?? listed?.connection.knownHosts
        return filled
    }

    private func target(_ jump: JumpHost, _ settings: SSHConfig?, _ listed: InventoryHost?) -> SSHTarget {
        var target = SSHTarget(
            name: jump.address,
            address: settings?.hostName ?? jump.address,
            port: jump.port ?? settings?.port ?? 22,
            user: jump.user ?? settings?.user ?? UserAccount.current.name,
            authentication: authentication(settings, identityFile: jump.identityFile, of: listed),
            hostKeys: hostKeys(settings, knownHosts: jump.knownHosts)
        )
        if let limit = settings?.connectTimeout { target.deadlines.connect = limit }
        return target
    }

    private func hostKeys(_ settings: SSHConfig?, knownHosts: String?) -> HostKeyPolicy {
        let userFiles = settings?.userKnownHostsFiles ?? SSHConfig.usualUserKnownHosts
        let accepts = unknownKeys == .acceptAndRemember || settings?.acceptsNewHostKeys == true
        var policy = HostKeyPolicy(
            userFiles: knownHosts.map { [UserAccount.expanded($0)] } ?? userFiles,
            globalFiles: settings?.globalKnownHostsFiles ?? SSHConfig.usualGlobalKnownHosts,
            alias: settings?.hostKeyAlias,
            unknown: accepts ? .acceptNew : .refuse
        )
        policy.revokedFile = settings?.revokedHostKeys
        policy.isInDNS = settings?.verifiesHostKeysByDNS == true
        return policy
    }
}

extension SSHTarget {
    /// Takes over what is about the way; a jump host or program has it from its own settings.
    fileprivate mutating func follow(_ settings: SSHConfig, isOpenSSH: Bool) throws(Failure) {
        let isOnOwnWay = jumps.isEmpty && !hasProgram
        if !isOpenSSH {
            let unsupported = settings.unsupported(onOwnWay: isOnOwnWay)
            guard unsupported.isEmpty else { throw .cannotFollow(unsupported) }
        }
        guard isOnOwnWay else { return }
        addressFamily = settings.addressFamily
        bindAddress = settings.bindAddress
    }
}

extension HostConnection.JumpHost {
    /// Whether ssh would refuse to reach the host through it: its name as written is the host's, with the same port and user.
    ///
    /// Two hosts behind different jump hosts may well have one address.
    ///
    /// Source: OpenSSH 9.2, ssh.c, "jumphost loop via".
    fileprivate func isLoop(to host: SSHTarget) -> Bool {
        address == host.address && port ?? 22 == host.port && user ?? host.user == host.user
    }
}

extension SSHConfig {
    /// The hosts to go through; whether a program that we cannot see into makes the way.
    fileprivate func next(
        configuration: String?,
        isOpenSSH: Bool
    ) throws(Failure) -> (jumps: [HostConnection.JumpHost], hasProgram: Bool) {
        if !proxyJumps.isEmpty {
            guard var jumps = HostConnection.JumpHost.list(proxyJumps.joined(separator: ",")) else {
                throw .cannotFollow(["ProxyJump \(proxyJumps.joined(separator: ","))"])
            }
            for index in jumps.indices { jumps[index].configuration = configuration }
            return (jumps, false)
        }
        guard let proxyCommand else { return ([], false) }
        if let jumps = HostConnection.JumpHost.jumps(inCommand: proxyCommand) { return (jumps, false) }
        guard isOpenSSH else { throw .cannotFollow(["ProxyCommand \(proxyCommand)"]) }
        return ([], true)
    }
}

/// What the inventory says of a place that is logged in to.
private protocol LoginPlace {
    var address: String { get }
    var user: String? { get }
    var port: Int? { get }
    var identityFile: String? { get }
    var configuration: String? { get }
    var options: [String] { get }
}

extension HostConnection: LoginPlace {}
extension HostConnection.JumpHost: LoginPlace {}

extension LoginPlace {
    /// What ssh is asked about it.
    ///
    /// `isWayKnown`: Whether jump hosts were given, so that what ssh_config says of the way does not matter.
    fileprivate func question(isWayKnown: Bool) -> SSHConfig.Question {
        SSHConfig.Question(
            address,
            user: user,
            port: port,
            identityFile: identityFile,
            configuration: configuration.map(UserAccount.expanded),
            options: isWayKnown ? options + ["ProxyJump=none"] : options
        )
    }
}

extension Failure {
    fileprivate static func cannotFollow(_ settings: [String]) -> Failure {
        Failure(
            "ssh_config asks for \(settings.joined(separator: ", ")), which the built-in SSH does not support",
            hint: "set `transport: openssh` for this host in the inventory"
        )
    }

    fileprivate static func endlessWay(_ jump: String) -> Failure { SSHError.endlessWay(jump).failure }

    fileprivate static func ownJumpHost(_ host: String) -> Failure {
        Failure(
            "\(host) would be its own jump host",
            hint: "remove its jump host from the inventory; its group may have one"
        )
    }

    fileprivate func through(_ jump: String) -> Failure {
        Failure("through \(jump): \(problem)", hint: hint, at: place)
    }
}
