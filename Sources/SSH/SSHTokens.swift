internal import Crypto
internal import Glibc

/// What stands for `%h`, `~` and the like in ssh_config's paths (ssh_config(5), TOKENS and ENVIRONMENT VARIABLES).
package struct SSHTokens: Sendable {
    package var values: [Character: String]
    package var environment: @Sendable (String) -> String?

    package init(_ config: SSHConfig, name: String, account: UserAccount = .current, machine: String = Machine.name) {
        let port = "\(config.port)"
        let connection = machine + config.hostName + port + config.user
        values = [
            "%": "%", "h": config.hostName, "n": name, "p": port, "r": config.user, "u": account.name,
            "d": account.home, "i": "\(account.id)", "l": machine, "k": config.hostKeyAlias ?? name,
            "L": machine.split(separator: ".").first.map(String.init) ?? machine,
            "j": config.proxyJumps.joined(separator: ","),
            "C": Insecure.SHA1.hash(data: Array(connection.utf8)).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined(),
        ]
        environment = { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
    }

    /// The path that a value means.
    ///
    /// - Throws: Where ssh would refuse it: a token that it does not know, a variable that is not set.
    package func path(_ text: String, of keyword: String) throws(SSHError) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "%" {
                guard let letter = rest.popFirst(), let value = values[letter] else {
                    throw .unknownToken(text, keyword)
                }
                result += value
            } else if character == "$", rest.first == "{", let end = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                guard let value = environment(name) else { throw .variableNotSet(name, keyword) }
                result += value
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(character)
            }
        }
        return UserAccount.expanded(result)
    }
}

extension SSHConfig {
    /// The same with every path as ssh would open it.
    package func expanding(_ tokens: SSHTokens) throws(SSHError) -> SSHConfig {
        var config = self
        config.identityFiles = try identityFiles.map { file throws(SSHError) in
            try tokens.path(file, of: "IdentityFile")
        }
        // ssh has expanded these before it tells them (OpenSSH 9.2, ssh.c, before `config_test`).
        config.userKnownHostsFiles = userKnownHostsFiles.map(UserAccount.expanded)
        config.globalKnownHostsFiles = globalKnownHostsFiles.map(UserAccount.expanded)
        config.revokedHostKeys = try revokedHostKeys.map { file throws(SSHError) in
            try tokens.path(file, of: "RevokedHostKeys")
        }
        if case .socket(let path) = identityAgent { config.identityAgent = .socket(UserAccount.expanded(path)) }
        return config
    }
}

extension SSHError {
    fileprivate static func unknownToken(_ text: String, _ keyword: String) -> SSHError {
        SSHError(
            .unsupported,
            attempt: "follow ssh_config",
            problem: "\(keyword) `\(text)` has a token that ssh does not know",
            hint: "write a plain percent sign as `%%`"
        )
    }

    fileprivate static func variableNotSet(_ name: String, _ keyword: String) -> SSHError {
        SSHError(
            .unsupported,
            attempt: "follow ssh_config",
            problem: "\(keyword) names the environment variable \(name), which is not set",
            hint: "set it; ssh needs it too"
        )
    }
}
