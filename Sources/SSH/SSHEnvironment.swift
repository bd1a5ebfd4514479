internal import Foundation
internal import Subprocess

/// What of this machine decides how hosts are reached that neither the inventory nor ssh_config says anything special of.
package struct SSHEnvironment: Sendable, Equatable {
    /// The system's ssh, in its own words; `nil` where there is none.
    package var ssh: String?
    package var agent: String
    package var keys: String
    package var knownHosts: String
    package var configuration: String

    /// `files`: Which ssh_config is read.
    package static func found(_ files: SSHConfigFiles = SSHConfigFiles()) async -> SSHEnvironment {
        var settings: SSHConfig?
        var trouble: SSHError?
        if files.matter {
            // A name that no Host has.
            do throws(SSHError) { settings = try await SSHConfig.asked(.init("mtactl-doctor.invalid")) } catch {
                trouble = error
            }
        }
        return SSHEnvironment(
            ssh: await version(),
            agent: agent(settings),
            keys: keys(settings),
            knownHosts: knownHosts(settings),
            configuration: configuration(files, isAsked: settings != nil, trouble)
        )
    }

    private static func version() async -> String? {
        // Where ssh cannot be run, there is none.
        let result = try? await Subprocess.run(
            .name("ssh"),
            arguments: ["-V"],
            output: .discarded,
            error: .string(limit: 1 << 12)
        )
        return result?.standardError.split(whereSeparator: \.isNewline).first.map(String.init)
    }

    private static func agent(_ settings: SSHConfig?) -> String {
        let agent = settings?.identityAgent ?? .environment
        guard let socket = agent.socket(ProcessInfo.processInfo.environment) else {
            return agent == .environment ? "none (SSH_AUTH_SOCK is not set)" : "none (IdentityAgent in ssh_config)"
        }
        return isThere(socket) ? socket : "\(socket) does not exist"
    }

    private static func keys(_ settings: SSHConfig?) -> String {
        let files = settings?.identityFiles ?? SSHConfig.usualIdentityFiles
        let present = files.filter(isThere)
        return present.isEmpty
            ? "none of \(files.map(shortened).joined(separator: " "))" : present.joined(separator: " ")
    }

    private static func knownHosts(_ settings: SSHConfig?) -> String {
        let files =
            (settings?.userKnownHostsFiles ?? SSHConfig.usualUserKnownHosts)
            + (settings?.globalKnownHostsFiles ?? SSHConfig.usualGlobalKnownHosts)
        let present = files.filter(isThere)
        return present.isEmpty
            ? "none of \(files.map(shortened).joined(separator: " ")): every host is unknown"
            : present.joined(separator: " ")
    }

    private static func configuration(_ files: SSHConfigFiles, isAsked: Bool, _ trouble: SSHError?) -> String {
        if let trouble { return "\(files.present.joined(separator: " ")): \(trouble.problem)" }
        if files.present.isEmpty { return "none" }
        let names = files.present.joined(separator: " ")
        return isAsked ? "\(names), asked through `ssh -G`" : "\(names), which sets nothing that matters here"
    }

    private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func shortened(_ path: String) -> String {
        let home = UserAccount.current.home + "/"
        return path.hasPrefix(home) ? "~/" + path.dropFirst(home.count) : path
    }
}

extension SSHConfig {
    /// What ssh has by itself (ssh_config(5), OpenSSH 9.2).
    package static let usualIdentityFiles = [
        "id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa",
    ].map(UserAccount.ownFile)
    package static let usualUserKnownHosts = ["known_hosts", "known_hosts2"].map(UserAccount.ownFile)
    package static let usualGlobalKnownHosts = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]
}

extension SSHConfig.IdentityAgent {
    /// The agent's socket; `nil` for no agent.
    package func socket(_ environment: [String: String]) -> String? {
        let path: String? =
            switch self {
            case .none: nil
            case .environment: environment["SSH_AUTH_SOCK"]
            case .socket(let path):
                path.hasPrefix("$") ? environment[String(path.dropFirst()).filter { $0 != "{" && $0 != "}" }] : path
            }
        return path?.isEmpty == true ? nil : path
    }
}
