internal import Glibc

/// The files that ssh reads by itself.
package struct SSHConfigFiles: Sendable, Equatable {
    package var user: String
    package var system: String

    package init(user: String = UserAccount.ownFile("config"), system: String = "/etc/ssh/ssh_config") {
        self.user = user
        self.system = system
    }

    /// Those that are there.
    package var present: [String] { [user, system].filter { unsafe access($0, F_OK) == 0 } }

    /// Whether they say anything that decides about a connection of ours, so that ssh is to be asked.
    ///
    /// Asking takes a process for each host, and what a system ships says nothing of that kind.
    package var matter: Bool { present.contains { Self.matters($0, depth: 0) } }

    private static func matters(_ path: String, depth: Int) -> Bool {
        // What cannot be read is for ssh to judge.
        guard depth < 16, let bytes = try? File.read(path) else { return true }
        var canApply = true
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split { " \t=\"".contains($0) }
            guard let keyword = words.first?.lowercased(), !keyword.hasPrefix("#") else { continue }
            if keyword == "host" || keyword == "match" {
                canApply = keyword == "match" || words.dropFirst().contains { isOfHosts($0) }
            } else if !canApply {
                continue
            } else if keyword == "include" {
                let folder = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
                for pattern in words.dropFirst() {
                    let whole =
                        pattern.hasPrefix("/") || pattern.hasPrefix("~") ? String(pattern) : String(folder + pattern)
                    if found(UserAccount.expanded(whole)).contains(where: { matters($0, depth: depth + 1) }) {
                        return true
                    }
                }
            } else if !indifferent.contains(keyword), !keyword.hasPrefix("gssapi") {
                return true
            }
        }
        return false
    }

    /// Whether a pattern may be one of hosts in a network: Debian 13's systemd has blocks for `.host`, `unix/*` and `vsock/*`.
    private static func isOfHosts(_ pattern: Substring) -> Bool { !pattern.hasPrefix(".") && !pattern.contains("/") }

    private static func found(_ pattern: String) -> [String] {
        var result = unsafe glob_t()
        defer { unsafe globfree(&result) }
        guard unsafe glob(pattern, 0, nil, &result) == 0 else { return [] }
        return unsafe (0..<Int(result.gl_pathc)).compactMap { index in
            unsafe result.gl_pathv[index].map { unsafe String(cString: $0) }
        }
    }

    private static let indifferent: Set<String> = [
        "sendenv", "setenv", "hashknownhosts", "compression", "tcpkeepalive", "serveraliveinterval",
        "serveralivecountmax", "loglevel", "syslogfacility", "visualhostkey", "updatehostkeys", "forwardagent",
        "forwardx11", "forwardx11trusted", "forwardx11timeout", "xauthlocation", "controlmaster", "controlpath",
        "controlpersist", "escapechar", "requesttty", "rekeylimit", "addkeystoagent",
    ]
}
