internal import Subprocess

/// What the user's ssh would do for a host, as `ssh -G` says it.
///
/// Asked of ssh rather than read from ssh_config, so that `Match`, `Include` and the defaults mean what they mean to ssh.
package struct SSHConfig: Sendable, Equatable {
    package var hostName: String
    package var port: Int
    package var user: String
    /// In the order to try.
    ///
    /// `~` stands for the home folder still. ssh names its defaults too, whether they are there or not.
    package var identityFiles: [String]
    package var identitiesOnly: Bool
    package var identityAgent: IdentityAgent
    /// The hosts to go through, each `[user@]host[:port]` or `ssh://…`, themselves to be asked for.
    package var proxyJumps: [String]
    package var userKnownHostsFiles: [String]
    package var globalKnownHostsFiles: [String]
    package var hostKeyAlias: String?
    package var connectTimeout: Duration?
    /// Whether new host keys are accepted: `StrictHostKeyChecking accept-new`.
    package var acceptsNewHostKeys: Bool
    /// Settings that would change what ssh does and that libssh2 cannot follow: `ProxyCommand …`.
    package var unsupported: [String]

    package enum IdentityAgent: Sendable, Equatable {
        /// Whatever `SSH_AUTH_SOCK` says.
        case environment
        case none
        /// A path, or the name of an environment variable that holds it, with its `$`.
        case socket(String)
    }

    /// Asks ssh.
    ///
    /// - Parameters:
    ///   - name: As the operator calls the host. Not taken for an option, however it begins.
    ///   - configuration: Read instead of the user's and the system's files (`ssh -F`).
    /// - Returns: What it says.
    /// - Throws: `.unsupported` when there is no ssh, or it refuses: its words are in `detail`.
    package static func asked(for name: String, configuration: String? = nil) async throws(SSHError) -> SSHConfig {
        let options = configuration.map { ["-F", $0] } ?? []
        let words: String
        do {
            let result = try await Subprocess.run(
                .name("ssh"),
                arguments: Arguments(options + ["-G", "--", name]),
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 16)
            )
            guard result.terminationStatus.isSuccess else { throw SSHError.sshRefuses(name, result.standardError) }
            words = result.standardOutput
        } catch {
            throw error as? SSHError ?? .sshRefuses(name, "\(error)")
        }
        return SSHConfig(output: words)
    }

    /// Reads the output of `ssh -G`: a lower-case keyword and its value on each line (OpenSSH 9.2, readconf.c, `dump_client_config`).
    package init(output: String) {
        var values: [String: [String]] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            values[words[0], default: []].append(words[1])
        }
        func value(_ keyword: String) -> String? {
            guard let value = values[keyword]?.first, value != "none" else { return nil }
            return value
        }
        func list(_ keyword: String) -> [String] {
            value(keyword)?.split(separator: " ").map(String.init) ?? []
        }
        hostName = value("hostname") ?? ""
        port = value("port").flatMap { UInt16($0) }.map { Int($0) } ?? 22
        user = value("user") ?? ""
        identityFiles = (values["identityfile"] ?? []).filter { $0 != "none" }
        identitiesOnly = value("identitiesonly") == "yes"
        identityAgent = Self.agent(values["identityagent"]?.first)
        proxyJumps = value("proxyjump")?.split(separator: ",").map(String.init) ?? []
        userKnownHostsFiles = list("userknownhostsfile")
        globalKnownHostsFiles = list("globalknownhostsfile")
        hostKeyAlias = value("hostkeyalias")
        connectTimeout = value("connecttimeout").flatMap { Int($0) }.map { .seconds($0) }
        acceptsNewHostKeys = value("stricthostkeychecking") == "accept-new"
        unsupported = Self.unsupported(value)
    }

    private static func agent(_ value: String?) -> IdentityAgent {
        switch value {
        case nil, "SSH_AUTH_SOCK": .environment
        case "none": .none
        case .some(let path): .socket(path)
        }
    }

    private static func unsupported(_ value: (String) -> String?) -> [String] {
        let settings = [
            ("ProxyCommand", "proxycommand"), ("CertificateFile", "certificatefile"),
            ("PKCS11Provider", "pkcs11provider"),
            ("BindAddress", "bindaddress"), ("BindInterface", "bindinterface"),
            ("KnownHostsCommand", "knownhostscommand"),
            ("RemoteCommand", "remotecommand"),
        ]
        return settings.compactMap { name, keyword in value(keyword).map { "\(name) \($0)" } }
            + (value("verifyhostkeydns").map { ["yes", "true"].contains($0) ? ["VerifyHostKeyDNS yes"] : [] } ?? [])
            + (value("addressfamily").map { $0 == "any" ? [] : ["AddressFamily \($0)"] } ?? [])
    }
}

extension SSHError {
    fileprivate static func sshRefuses(_ name: String, _ words: String) -> SSHError {
        SSHError(
            .unsupported,
            attempt: "ask ssh about \(name)",
            problem: "`ssh -G \(name)` fails: \(words.split(whereSeparator: \.isNewline).first ?? "")",
            hint: "is ssh installed, and its configuration right?",
            detail: words
        )
    }
}
