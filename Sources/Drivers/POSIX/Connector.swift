internal import Foundation
package import MTAPlan
internal import SSH
internal import Synchronization

/// Makes the one connection to each host, as the inventory and ssh_config say.
package struct Connector: Sendable {
    private let unknownKeys: UnknownHostKeys
    private let secret: @Sendable (SecretReference) async throws(Failure) -> Secret
    private let passphrase: @Sendable (_ file: String) async -> String?

    /// What becomes of a host whose key is not in known_hosts.
    ///
    /// A changed key is refused whatever is said here.
    package enum UnknownHostKeys: Sendable {
        case refuse
        case acceptAndRemember
    }

    /// `secret`: Looks a login or sudo password up; asked only when it is needed.
    ///
    /// `passphrase`: Asks for the passphrase of a key file.
    package init(
        unknownKeys: UnknownHostKeys,
        secret: @escaping @Sendable (SecretReference) async throws(Failure) -> Secret,
        passphrase: @escaping @Sendable (_ file: String) async -> String?
    ) {
        self.unknownKeys = unknownKeys
        self.secret = secret
        self.passphrase = passphrase
    }

    /// `questions`: What is asked of the host for planning.
    package func session(for host: InventoryHost, questions: FactsScript) -> HostSession {
        HostSession(name: host.name, executor: EventLoopExecutor(), questions: questions) {
            () async throws(Failure) in
            if let problem = host.problems.first { throw problem }
            let privilege = try await privilege(for: host)
            switch host.connection.transport ?? .libssh2 {
            case .libssh2: return (try await connection(to: host), privilege)
            case .openssh: return (ProcessHost(name: host.name, words: openSSH(host.connection)), privilege)
            }
        }
    }

    /// A password that the inventory has and that cannot be read is told of where the host asks for one.
    private func connection(to host: InventoryHost) async throws(Failure) -> SSHHost {
        var target = try await target(for: host)
        guard let withheld = host.withheld[.login], target.authentication.password == nil else {
            return try await SSHHost(target)
        }
        let wanted = Wanted()
        target.authentication.password = {
            wanted.isTrue.withLock { $0 = true }
            return nil
        }
        do throws(Failure) { return try await SSHHost(target) } catch {
            guard wanted.isTrue.withLock({ $0 }) else { throw error }
            let place = withheld.place.map { "\($0): " } ?? ""
            throw Failure("\(error.problem); and \(place)\(withheld.problem)", hint: withheld.hint, at: error.place)
        }
    }

    private final class Wanted: Sendable {
        let isTrue = Mutex(false)
    }

    private func privilege(for host: InventoryHost) async throws(Failure) -> Privilege {
        switch host.connection.become ?? .none {
        case .none: return .none
        case .doas: return .doas
        case .sudo:
            guard let reference = host.connection.becomePassword else {
                return .sudo(password: nil, missing: host.withheld[.become])
            }
            return .sudo(password: try await secret(reference))
        }
    }

    private func target(for host: InventoryHost) async throws(Failure) -> SSHTarget {
        let connection = host.connection
        let settings = try await settings(of: connection.address)
        var target = target(
            host.name,
            settings: settings,
            connection: connection,
            address: connection.address,
            port: connection.port,
            user: connection.user
        )
        let jumps = connection.jumps ?? settings?.proxyJumps.map(HostConnection.JumpHost.init) ?? []
        for jump in jumps {
            target.jumps.append(
                self.target(
                    "\(host.name)'s jump host \(jump.address)",
                    settings: try await self.settings(of: jump.address),
                    connection: connection,
                    address: jump.address,
                    port: jump.port,
                    user: jump.user
                )
            )
        }
        if let limit = connection.connectTimeout ?? settings?.connectTimeout { target.deadlines.connect = limit }
        return target
    }

    /// What ssh_config says of a host: asked only when the user has one, as asking takes a process.
    private func settings(of name: String) async throws(Failure) -> SSHConfig? {
        guard FileManager.default.fileExists(atPath: Self.home("config")) else { return nil }
        do throws(SSHError) {
            let settings = try await SSHConfig.asked(for: name)
            guard settings.unsupported.isEmpty else { throw .cannotFollow(settings.unsupported) }
            return settings
        } catch {
            throw Failure(error.problem, hint: error.hint)
        }
    }

    /// The inventory's word first, then ssh_config's, then what ssh does by itself.
    private func target(
        _ name: String,
        settings: SSHConfig?,
        connection: HostConnection,
        address: String,
        port: Int?,
        user: String?
    ) -> SSHTarget {
        SSHTarget(
            name: name,
            address: settings?.hostName ?? address,
            port: port ?? settings?.port ?? 22,
            user: user ?? settings?.user ?? NSUserName(),
            authentication: authentication(connection, settings),
            hostKeys: hostKeys(connection, settings)
        )
    }

    private func authentication(_ connection: HostConnection, _ settings: SSHConfig?) -> SSHAuthentication {
        let secret = secret
        let environment = ProcessInfo.processInfo.environment
        let files = settings?.identityFiles ?? ["id_ed25519", "id_ecdsa", "id_rsa"].map(Self.home)
        let present = files.map(Self.expanded).filter { FileManager.default.fileExists(atPath: $0) }
        var authentication = SSHAuthentication(
            identityFiles: connection.identityFile.map { [Self.expanded($0)] } ?? present,
            identitiesOnly: connection.identityFile != nil || settings?.identitiesOnly == true,
            agentSocket: settings?.identityAgent.socket(environment) ?? environment["SSH_AUTH_SOCK"],
            passphrase: passphrase
        )
        if authentication.agentSocket?.isEmpty == true || settings?.identityAgent == SSHConfig.IdentityAgent.none {
            authentication.agentSocket = nil
        }
        if let reference = connection.password {
            authentication.password = {
                (try? await secret(reference)).map { String(decoding: $0.reveal(), as: UTF8.self) }
            }
        }
        return authentication
    }

    private func hostKeys(_ connection: HostConnection, _ settings: SSHConfig?) -> HostKeyPolicy {
        let userFiles = settings?.userKnownHostsFiles ?? [Self.home("known_hosts")]
        let accepts = unknownKeys == .acceptAndRemember || settings?.acceptsNewHostKeys == true
        return HostKeyPolicy(
            userFiles: (connection.knownHosts.map { [$0] } ?? userFiles).map(Self.expanded),
            globalFiles: settings?.globalKnownHostsFiles ?? ["/etc/ssh/ssh_known_hosts"],
            alias: settings?.hostKeyAlias,
            unknown: accepts ? .acceptNew : .refuse
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

    private static func expanded(_ path: String) -> String {
        path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst(1) : path
    }

    private static func home(_ name: String) -> String { "\(NSHomeDirectory())/.ssh/\(name)" }
}

extension HostConnection.JumpHost {
    /// `[user@]host[:port]` or `ssh://[user@]host[:port]` (ssh_config(5), ProxyJump).
    fileprivate init(_ text: String) {
        var rest = text.hasPrefix("ssh://") ? text.dropFirst(6) : text[...]
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]"),
            rest.firstIndex(of: ":") == colon || rest.hasPrefix("[")
        {
            port = Int(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        self.init(user: user, address: rest.filter { $0 != "[" && $0 != "]" }, port: port)
    }
}

extension SSHConfig.IdentityAgent {
    fileprivate func socket(_ environment: [String: String]) -> String? {
        switch self {
        case .environment, .none: nil
        case .socket(let path):
            path.hasPrefix("$") ? environment[String(path.dropFirst()).filter { $0 != "{" && $0 != "}" }] : path
        }
    }
}

extension SSHError {
    fileprivate static func cannotFollow(_ settings: [String]) -> SSHError {
        SSHError(
            .unsupported,
            attempt: "follow ssh_config",
            problem: "ssh_config asks for \(settings.joined(separator: ", "))",
            hint: "set `transport: openssh` for this host in the inventory"
        )
    }
}
