internal import Foundation
package import Logging
package import MTAPlan
internal import SSH

/// Makes the one connection to each host, as the inventory and ssh_config say.
package struct Connector: Sendable {
    let unknownKeys: UnknownHostKeys
    private let secret: @Sendable (SecretReference) async throws(Failure) -> Secret
    private let passphrase: @Sendable (_ file: String) async throws(Failure) -> String?
    private let jumps = JumpHosts()
    /// Hosts of the inventory by which jump hosts may be known too.
    private let inventory: [String: InventoryHost]
    let sshConfigs: SSHConfigCache
    private let logger: Logger

    /// What happens to a host whose key is not in known_hosts.
    ///
    /// A changed key is refused whatever is said here.
    package enum UnknownHostKeys: Sendable {
        case refuse
        case acceptAndRemember
    }

    /// `inventory`: All its hosts: what it says of a jump host holds for that one too.
    ///
    /// `secret`: Looks a login or sudo password up; asked only when it is needed.
    ///
    /// `passphrase`: Asks for the passphrase of a key file.
    ///
    /// `logger`: Is told of each host by its name.
    package init(
        unknownKeys: UnknownHostKeys,
        inventory: [InventoryHost] = [],
        logger: Logger = .none,
        secret: @escaping @Sendable (SecretReference) async throws(Failure) -> Secret,
        passphrase: @escaping @Sendable (_ file: String) async throws(Failure) -> String?
    ) {
        self.unknownKeys = unknownKeys
        self.inventory = Dictionary(inventory.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.logger = logger
        self.secret = secret
        self.passphrase = passphrase
        sshConfigs = SSHConfigCache(files: SSHConfigFiles())
    }

    /// `questions`, `windows`: What is asked of the host for planning.
    ///
    /// `access`: The administration interface that a product may have on it.
    package func session(
        for host: InventoryHost,
        questions: FactsScript,
        windows: WindowsQuestions = WindowsQuestions(),
        neighbours: Neighbours? = nil,
        access: AdministrationAccess? = nil
    ) -> HostSession {
        HostSession(
            name: host.name,
            executor: EventLoopExecutor(),
            logger: logger(of: host.name),
            questions: questions,
            windows: windows,
            neighbours: neighbours,
            access: access,
            secret: secret
        ) { () async throws(Failure) in
            if let problem = host.problems.first { throw problem }
            let privilege = try await privilege(for: host)
            let way = try await way(to: host)
            switch host.connection.transport ?? .libssh2 {
            case .libssh2: return (try await SSHHost(way.target, jumps: jumps), privilege)
            case .openssh: return (OpenSSHHost(way.target, command: way.openSSH), privilege)
            }
        }
    }

    /// Ends the connections to jump hosts, after those of all hosts.
    package func close() async { await jumps.close() }

    func logger(of name: String) -> Logger {
        var logger = logger
        logger[metadataKey: "host"] = .string(name)
        return logger
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

    /// What the inventory says of a jump host, where it has one of that name.
    func listed(_ jump: HostConnection.JumpHost) -> InventoryHost? {
        guard let host = inventory[jump.address] else { return nil }
        return jump.user == nil || jump.user == host.connection.user ? host : nil
    }

    /// How to log in to a host with the inventory's key and password for it, and for no other.
    func authentication(
        _ settings: SSHConfig?,
        identityFile: String?,
        of host: InventoryHost?
    ) -> SSHAuthentication {
        let usual = SSHConfig.usualIdentityFiles
        let files = settings?.identityFiles ?? identityFile.map { [UserAccount.expanded($0)] } ?? usual
        // ssh's own defaults are nobody's wish.
        let wanted = files.filter { !usual.contains($0) || FileManager.default.fileExists(atPath: $0) }
        let passphrase = passphrase
        var authentication = SSHAuthentication(
            identityFiles: wanted,
            identitiesOnly: settings?.identitiesOnly == true,
            agentSocket: (settings?.identityAgent ?? .environment).socket(ProcessInfo.processInfo.environment),
            passphrase: { (file) async throws(SSHError) in
                do throws(Failure) { return try await passphrase(file) } catch { throw .passphraseMissing(error) }
            }
        )
        authentication.furtherIdentities = settings?.furtherIdentities ?? []
        authentication.password = password(of: host)
        return authentication
    }

    private func password(of host: InventoryHost?) -> (@Sendable () async throws(SSHError) -> String?)? {
        let secret = secret
        if let reference = host?.connection.password {
            return { () async throws(SSHError) in
                do throws(Failure) {
                    return String(decoding: try await secret(reference).reveal(), as: UTF8.self)
                } catch {
                    throw .passwordMissing(error)
                }
            }
        }
        guard let withheld = host?.withheld[.login] else { return nil }
        return { () async throws(SSHError) in throw .passwordMissing(withheld) }
    }
}

extension SSHError {
    fileprivate static func passphraseMissing(_ failure: Failure) -> SSHError {
        SSHError(.authenticationFailed, attempt: "log in", problem: failure.problem, hint: failure.hint)
    }

    fileprivate static func passwordMissing(_ failure: Failure) -> SSHError {
        SSHError(
            .authenticationFailed,
            attempt: "log in",
            problem: "no key was accepted, and of the password: \(failure.problem)",
            hint: failure.hint
        )
    }
}
