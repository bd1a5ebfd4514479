/// What Ansible inventories tell ssh in its own words.
extension HostReader {
    /// Takes the jump host and the like out of `ansible_ssh_common_args` and its brothers.
    mutating func addArguments(to connection: inout HostConnection) {
        for name: HostSetting.Name in [.arguments, .commonArguments, .extraArguments] {
            guard let text = text(name), let place = variables.settings[name]?.value.place else { continue }
            guard let words = ShellWords.split(text) else {
                problem(place, "a quote is open in `\(name.rawValue)`")
                continue
            }
            for option in SSHOption.options(words) { take(option, place, name.rawValue, &connection) }
        }
    }

    private mutating func take(
        _ option: SSHOption,
        _ place: Place,
        _ variable: String,
        _ connection: inout HostConnection
    ) {
        switch option.name.lowercased() {
        case "proxyjump": connection.jumps = jumps(option.value, place) ?? connection.jumps
        case "proxycommand":
            if let jump = SSHOption.jump(inCommand: option.value) {
                connection.jumps = jumps(jump, place) ?? connection.jumps
            } else if connection.transport != .openssh {
                problem(
                    place,
                    "`\(variable)` has a ProxyCommand, which the built-in SSH does not run",
                    hint: "write `jump: USER@HOST` or `transport: openssh`"
                )
            }
        case "port": connection.port = connection.port ?? Int(option.value)
        case "user": connection.user = connection.user ?? option.value
        case "identityfile": connection.identityFile = connection.identityFile ?? option.value
        case "userknownhostsfile" where option.value != "/dev/null":
            connection.knownHosts = connection.knownHosts ?? option.value
        case "userknownhostsfile", "stricthostkeychecking", "updatehostkeys":
            guard !["yes", "ask", "accept-new"].contains(option.value) else { return }
            warnings.append(
                Complaint(
                    place,
                    "`\(variable)` turns the check of host keys off, and mtactl does not",
                    hint: "collect the keys with `mtactl facts --accept-new`, once"
                )
            )
        case "connecttimeout":
            connection.connectTimeout = connection.connectTimeout ?? Int(option.value).map { .seconds($0) }
        case "controlmaster", "controlpersist", "controlpath", "forwardagent", "serveraliveinterval",
            "serveralivecountmax",
            "preferredauthentications", "compression", "loglevel", "batchmode", "identitiesonly", "":
            return
        default:
            warnings.append(Complaint(place, "`\(variable)` has `\(option.name.shortened)`, which mtactl passes over"))
        }
    }

    /// Hosts to go through, as in ProxyJump; `nil` with a problem where they are not understood.
    mutating func jumps(_ text: String, _ place: Place?) -> [HostConnection.JumpHost]? {
        if text.lowercased() == "none" { return [] }
        var result: [HostConnection.JumpHost] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let jump = HostConnection.JumpHost(String(part)) else {
                problem(place, "`\(text.shortened)` names no hosts to jump through", hint: "write `USER@HOST:PORT`")
                return nil
            }
            result.append(jump)
        }
        return result
    }
}

extension HostConnection.JumpHost {
    /// `[user@]host[:port]`, or as an `ssh://` address.
    init?(_ text: String) {
        var rest = text.hasPrefix("ssh://") ? text.dropFirst(6) : text[...]
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        if HostAddress.isIPv6(rest) {
            address = String(rest)
        } else if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            address = String(rest[rest.index(after: rest.startIndex)..<close])
            let tail = rest[rest.index(after: close)...]
            if !tail.isEmpty {
                guard tail.hasPrefix(":"), let number = Int(tail.dropFirst()) else { return nil }
                port = number
            }
        } else {
            let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            address = String(parts[0])
            if parts.count == 2 {
                guard let number = Int(parts[1]) else { return nil }
                port = number
            }
        }
        guard !address.isEmpty, !address.hasPrefix("-"), user != "", user?.hasPrefix("-") != true,
            !address.contains(where: { $0.isWhitespace || $0 == "/" }), port.map({ (1...65_535).contains($0) }) ?? true
        else { return nil }
    }
}

/// An option on ssh's command line, in the words of ssh_config.
private struct SSHOption {
    var name: String
    var value: String

    /// Options of an argument list.
    ///
    /// What is no option has an empty name.
    static func options(_ words: [String]) -> [SSHOption] {
        let letters = ["J": "ProxyJump", "p": "Port", "l": "User", "i": "IdentityFile", "o": "o"]
        var result: [SSHOption] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), let letter = word.dropFirst().first, let name = letters[String(letter)] else {
                let isFlag = word.hasPrefix("-") && word.dropFirst().allSatisfy { "46aACkKqTvxXyY".contains($0) }
                result.append(SSHOption(name: isFlag ? "" : word, value: ""))
                continue
            }
            let attached = String(word.dropFirst(2))
            let value = attached.isEmpty ? rest.popFirst() ?? "" : attached
            guard name == "o" else {
                result.append(SSHOption(name: name, value: value))
                continue
            }
            let key = value.prefix { $0 != "=" && $0 != " " }
            let tail = value.dropFirst(key.count).drop { $0 == "=" || $0 == " " }
            result.append(SSHOption(name: String(key), value: String(tail)))
        }
        return result
    }

    /// The jump host of `ssh -W %h:%p user@bastion`, which is what ProxyJump does.
    static func jump(inCommand command: String) -> String? {
        guard var words = ShellWords.split(command)?[...], let program = words.popFirst(),
            program == "ssh" || program.hasSuffix("/ssh")
        else { return nil }
        var (user, port, host): (String?, String?, String?)
        var isForwarding = false
        while let word = words.popFirst() {
            switch word {
            case "-W": isForwarding = words.popFirst() == "%h:%p"
            case "-l": user = words.popFirst()
            case "-p": port = words.popFirst()
            case "-q", "-A", "-a", "-T", "-4", "-6": continue
            case _ where word.hasPrefix("-") || host != nil: return nil
            default: host = word
            }
        }
        guard isForwarding, let host else { return nil }
        return (user.map { "\($0)@" } ?? "") + host + (port.map { ":\($0)" } ?? "")
    }
}
