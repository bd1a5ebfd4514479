internal import Subprocess

/// What the user's ssh would do for a host, as `ssh -G` says it.
///
/// Asked of ssh rather than read from ssh_config, so that `Match`, `Include` and the defaults mean what they mean to ssh.
package struct SSHConfig: Sendable, Equatable {
    package var hostName: String
    package var port: Int
    package var user: String
    /// In the order to try, with the inventory's first.
    ///
    /// ssh names its defaults too, whether they are there or not.
    package var identityFiles: [String]
    package var identitiesOnly: Bool
    package var identityAgent: IdentityAgent
    /// The hosts to go through, each `[user@]host[:port]` or `ssh://…`, themselves to be asked for.
    package var proxyJumps: [String]
    package var proxyCommand: String?
    package var userKnownHostsFiles: [String]
    package var globalKnownHostsFiles: [String]
    package var revokedHostKeys: String?
    package var hostKeyAlias: String?
    package var connectTimeout: Duration?
    package var addressFamily: SSHAddressFamily
    package var bindAddress: String?
    /// Whether new host keys are accepted: `StrictHostKeyChecking accept-new`.
    package var acceptsNewHostKeys: Bool
    /// What ssh would show to log in, besides keys, and libssh2 cannot: `CertificateFile …`.
    package var furtherIdentities: [String]
    /// Whether ssh would also ask DNS about a host key that it does not know.
    package var verifiesHostKeysByDNS: Bool
    /// Settings that would change whom ssh reaches or believes, and that libssh2 cannot follow.
    private var unfollowed: [Unfollowed]

    private struct Unfollowed: Sendable, Equatable {
        var text: String
        /// Whether it is about the way there, which a jump host or program takes over.
        var isOfTheWay: Bool
    }

    package enum IdentityAgent: Sendable, Equatable {
        /// Whatever `SSH_AUTH_SOCK` says.
        case environment
        case none
        /// A path, or the name of an environment variable that holds it, with its `$`.
        case socket(String)
    }

    /// Settings that libssh2 cannot follow: `KnownHostsCommand …`.
    package func unsupported(onOwnWay: Bool) -> [String] {
        unfollowed.filter { onOwnWay || !$0.isOfTheWay }.map(\.text)
    }

    /// Reads the output of `ssh -G`: a lower-case keyword and its value on each line (OpenSSH 9.2, readconf.c, `dump_client_config`).
    ///
    /// Paths are as they were written: see `expanding`.
    package init(output: String) {
        let values = Values(output)
        hostName = values["hostname"] ?? ""
        port = values["port"].flatMap { UInt16($0) }.map { Int($0) } ?? 22
        user = values["user"] ?? ""
        identityFiles = values.all("identityfile").filter { $0 != "none" }
        identitiesOnly = values["identitiesonly"] == "yes"
        identityAgent = Self.agent(values.all("identityagent").first)
        proxyJumps = values["proxyjump"]?.split(separator: ",").map(String.init) ?? []
        proxyCommand = values["proxycommand"]
        userKnownHostsFiles = values.list("userknownhostsfile")
        globalKnownHostsFiles = values.list("globalknownhostsfile")
        revokedHostKeys = values["revokedhostkeys"]
        hostKeyAlias = values["hostkeyalias"]
        connectTimeout = values["connecttimeout"].flatMap { Int($0) }.map { .seconds($0) }
        addressFamily = values["addressfamily"].flatMap { SSHAddressFamily(rawValue: $0) } ?? .any
        bindAddress = values["bindaddress"]
        acceptsNewHostKeys = values["stricthostkeychecking"] == "accept-new"
        verifiesHostKeysByDNS = ["yes", "true"].contains(values["verifyhostkeydns"])
        furtherIdentities =
            values.all("certificatefile").map { "CertificateFile \($0)" }
            + values.all("pkcs11provider").filter { $0 != "none" }.map { "PKCS11Provider \($0)" }
        unfollowed =
            values.named("BindInterface", isOfTheWay: true) + values.named("KnownHostsCommand", isOfTheWay: false)
    }

    private static func agent(_ value: String?) -> IdentityAgent {
        switch value {
        case nil, "SSH_AUTH_SOCK": .environment
        case "none": .none
        case .some(let path): .socket(path)
        }
    }

    private struct Values {
        private var values: [String: [String]] = [:]

        init(_ output: String) {
            for line in output.split(whereSeparator: \.isNewline) {
                let words = line.split(separator: " ", maxSplits: 1).map(String.init)
                if words.count == 2 { values[words[0], default: []].append(words[1]) }
            }
        }

        func all(_ keyword: String) -> [String] { values[keyword] ?? [] }

        subscript(_ keyword: String) -> String? {
            guard let value = values[keyword]?.first, value != "none" else { return nil }
            return value
        }

        func list(_ keyword: String) -> [String] { self[keyword]?.split(separator: " ").map(String.init) ?? [] }

        func named(_ name: String, isOfTheWay: Bool) -> [Unfollowed] {
            self[name.lowercased()].map { [Unfollowed(text: "\(name) \($0)", isOfTheWay: isOfTheWay)] } ?? []
        }
    }
}

// MARK: - Asking

extension SSHConfig {
    /// What ssh is asked about: a host, and what its command line would say.
    package struct Question: Sendable, Hashable {
        /// As the operator calls the host.
        package var name: String
        package var user: String?
        package var port: Int?
        package var identityFile: String?
        /// Read instead of the user's and the system's files (`ssh -F`).
        package var configuration: String?
        /// More settings, each `keyword=value`.
        package var options: [String]

        package init(
            _ name: String,
            user: String? = nil,
            port: Int? = nil,
            identityFile: String? = nil,
            configuration: String? = nil,
            options: [String] = []
        ) {
            self.name = name
            self.user = user
            self.port = port
            self.identityFile = identityFile
            self.configuration = configuration
            self.options = options
        }

        /// For ssh, without the name.
        ///
        /// Not `-i`, which skips a key that is not there.
        package var commandLine: [String] {
            var words = configuration.map { ["-F", $0] } ?? []
            for option in options { words += ["-o", option] }
            if let identityFile { words += ["-o", "IdentityFile=\"\(identityFile)\""] }
            if let port { words += ["-p", "\(port)"] }
            if let user { words += ["-l", user] }
            return words
        }

        /// Whether it says anything that only ssh can judge.
        package var needsSSH: Bool { configuration != nil || !options.isEmpty }
    }

    /// Asks ssh; what it says of paths is expanded.
    ///
    /// The name is not taken for an option, however it begins.
    ///
    /// - Throws: `.unsupported` when there is no ssh, or it refuses: its words are in `detail`.
    package static func asked(_ question: Question) async throws(SSHError) -> SSHConfig {
        let words: String
        do {
            let result = try await Subprocess.run(
                .name("ssh"),
                arguments: Arguments(question.commandLine + ["-G", "--", question.name]),
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 16)
            )
            guard result.terminationStatus.isSuccess else {
                throw SSHError.sshRefuses(question.name, result.standardError)
            }
            words = result.standardOutput
        } catch {
            throw error as? SSHError ?? .sshRefuses(question.name, "\(error)")
        }
        let config = SSHConfig(output: words)
        return try config.expanding(SSHTokens(config, name: question.name))
    }
}

extension SSHError {
    /// A jump host that would be its own jump host, which ssh refuses where it sees it, or through too many others.
    package static func endlessWay(_ jump: String, detail: String = "") -> SSHError {
        SSHError(
            .unsupported,
            attempt: "find the jump hosts",
            problem: "ssh_config's ProxyJump of \(jump) leads back to it",
            hint: "write `Host \(jump)` with `ProxyJump none` above the settings for all hosts",
            detail: detail
        )
    }

    fileprivate static func sshRefuses(_ name: String, _ words: String) -> SSHError {
        let loop = "jumphost loop via "
        if let line = words.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(loop) }) {
            return .endlessWay(String(line.dropFirst(loop.count)), detail: words)
        }
        return SSHError(
            .unsupported,
            attempt: "ask ssh about \(name)",
            problem: "`ssh -G \(name)` fails: \(words.split(whereSeparator: \.isNewline).first ?? "")",
            hint: "is ssh installed, and its configuration correct?",
            detail: words
        )
    }
}
