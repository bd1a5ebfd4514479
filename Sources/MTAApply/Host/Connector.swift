internal import Foundation
package import MTAPlan
internal import SSH

/// Makes the one connection to each host, as the inventory and ssh_config say.
package struct Connector: Sendable {
    private let unknownKeys: UnknownHostKeys
    private let secret: @Sendable (SecretReference) async throws(Failure) -> Secret
    private let passphrase: @Sendable (_ file: String) async -> String?

    /// What becomes of a host whose key is not in known_hosts. A changed key is refused whatever is said here.
    package enum UnknownHostKeys: Sendable {
        case refuse
        case acceptAndRemember
    }

    /// - Parameters:
    ///   - secret: Looks a login or sudo password up; asked only when it is needed.
    ///   - passphrase: Asks for the passphrase of a key file.
    package init(
        unknownKeys: UnknownHostKeys, secret: @escaping @Sendable (SecretReference) async throws(Failure) -> Secret,
        passphrase: @escaping @Sendable (_ file: String) async -> String?
    ) {
        self.unknownKeys = unknownKeys
        self.secret = secret
        self.passphrase = passphrase
    }

    package func session(for host: InventoryHost) -> HostSession {
        HostSession(name: host.name) { () async throws(Failure) in
            if let problem = host.problems.first { throw problem }
            let privilege = try await privilege(for: host)
            switch host.connection.transport ?? .libssh2 {
            case .libssh2: return (try await SSHHost(await target(for: host)), privilege)
            case .openssh: return (ProcessHost(name: host.name, words: openSSH(host.connection)), privilege)
            }
        }
    }

    private func privilege(for host: InventoryHost) async throws(Failure) -> Privilege {
        switch host.connection.become ?? .none {
        case .none: return .none
        case .doas: return .doas
        case .sudo:
            if let withheld = host.withheld[.become] { throw withheld }
            guard let reference = host.connection.becomePassword else { return .sudo(password: nil) }
            return .sudo(password: try await secret(reference))
        }
    }

    private func target(for host: InventoryHost) async -> SSHTarget {
        let connection = host.connection
        var target = SSHTarget(
            name: host.name, address: connection.address, port: connection.port ?? 22,
            user: connection.user ?? NSUserName(),
            authentication: authentication(connection), hostKeys: hostKeys(connection)
        )
        target.jumps = (connection.jumps ?? []).map { jump in
            SSHTarget(
                name: "\(host.name)'s jump host \(jump.address)", address: jump.address, port: jump.port ?? 22,
                user: jump.user ?? NSUserName(), authentication: authentication(connection),
                hostKeys: hostKeys(connection)
            )
        }
        if let limit = connection.connectTimeout { target.deadlines.connect = limit }
        return target
    }

    private func authentication(_ connection: HostConnection) -> SSHAuthentication {
        let secret = secret
        var authentication = SSHAuthentication(
            identityFiles: connection.identityFile.map { [Self.expanded($0)] } ?? Self.usualKeys,
            identitiesOnly: connection.identityFile != nil,
            agentSocket: ProcessInfo.processInfo.environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 },
            passphrase: passphrase
        )
        if let reference = connection.password {
            authentication.password = { (try? await secret(reference)).map { String(decoding: $0.reveal(), as: UTF8.self) } }
        }
        return authentication
    }

    private func hostKeys(_ connection: HostConnection) -> HostKeyPolicy {
        HostKeyPolicy(
            userFiles: [connection.knownHosts.map(Self.expanded) ?? Self.home("known_hosts")],
            globalFiles: ["/etc/ssh/ssh_known_hosts"],
            unknown: unknownKeys == .refuse ? .refuse : .acceptNew
        )
    }

    /// `ssh` with the inventory's settings; all else is ssh_config's.
    private func openSSH(_ connection: HostConnection) -> [String] {
        var words = ["ssh", "-T", "-o", "BatchMode=yes"]
        words += ["-o", "StrictHostKeyChecking=\(unknownKeys == .refuse ? "yes" : "accept-new")"]
        if let file = connection.knownHosts { words += ["-o", "UserKnownHostsFile=\(file)"] }
        if let port = connection.port { words += ["-p", "\(port)"] }
        if let file = connection.identityFile { words += ["-i", file] }
        if let user = connection.user { words += ["-l", user] }
        if let jumps = connection.jumps, !jumps.isEmpty {
            let way = jumps.map { ($0.user.map { "\($0)@" } ?? "") + $0.address + ($0.port.map { ":\($0)" } ?? "") }
            words += ["-J", way.joined(separator: ",")]
        }
        return words + ["--", connection.address]
    }

    /// The key files that ssh(1) tries by itself.
    private static var usualKeys: [String] {
        ["id_ed25519", "id_ecdsa", "id_rsa"].map(home).filter { FileManager.default.fileExists(atPath: $0) }
    }

    private static func expanded(_ path: String) -> String {
        path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst(1) : path
    }

    private static func home(_ name: String) -> String { "\(NSHomeDirectory())/.ssh/\(name)" }
}
