/// What Ansible inventories tell ssh in its own words.
extension HostReader {
    /// Takes the jump host and the like out of `ansible_ssh_common_args` and its brothers.
    ///
    /// Of an option that is there twice, the first counts, as in ssh.
    mutating func addArguments(to connection: inout HostConnection) {
        for name: HostSetting.Name in [.arguments, .commonArguments, .extraArguments] {
            guard let text = text(name), let place = variables.settings[name]?.value.place else { continue }
            guard let words = ShellWords.split(text) else {
                problem(place, "there is an unclosed quote in `\(name.rawValue)`")
                continue
            }
            let arguments = SSHArguments(words)
            let isOverruled = variables.settings[.jump] != nil && !isOverruledByArguments(.jump)
            for option in arguments.options where !(isOverruled && ["proxyjump", "proxycommand"].contains(option.name))
            {
                take(option, place, name.rawValue, &connection)
            }
            for stray in [arguments.destination].compactMap(\.self) + arguments.command {
                warnings.append(
                    Complaint(place, "`\(name.rawValue)` has `\(stray.shortened)`, which mtactl ignores")
                )
            }
        }
    }

    private mutating func take(
        _ option: SSHArguments.Option,
        _ place: Place,
        _ variable: String,
        _ connection: inout HostConnection
    ) {
        switch option.name {
        case "proxyjump":
            if !connection.hasWay { connection.jumps = jumps(option.value, place) }
        case "proxycommand":
            if !connection.hasWay { take(proxyCommand: option.value, place, variable, &connection) }
        case "port": connection.port = connection.port ?? Int(option.value)
        case "user": connection.user = connection.user ?? option.value
        case "identityfile": connection.identityFile = connection.identityFile ?? option.value
        case "configuration": connection.configuration = connection.configuration ?? option.value
        case "userknownhostsfile" where option.value != "/dev/null":
            connection.knownHosts = connection.knownHosts ?? option.value
        case "userknownhostsfile", "stricthostkeychecking", "updatehostkeys":
            if !["yes", "ask", "accept-new"].contains(option.value) { warnOfUncheckedKeys(place, variable) }
        case "connecttimeout":
            connection.connectTimeout = connection.connectTimeout ?? Int(option.value).map { .seconds($0) }
        default:
            if SSHArguments.passesOn(option) { connection.options.append("\(option.name)=\(option.value)") }
        }
    }

    private mutating func take(
        proxyCommand command: String,
        _ place: Place,
        _ variable: String,
        _ connection: inout HostConnection
    ) {
        if command.lowercased() == "none" {
            connection.jumps = []
        } else if let jumps = HostConnection.JumpHost.jumps(inCommand: command) {
            connection.jumps = jumps
            let words = command.lowercased()
            if ["stricthostkeychecking=no", "stricthostkeychecking no", "userknownhostsfile=/dev/null"]
                .contains(where: words.contains)
            {
                warnOfUncheckedKeys(place, variable)
            }
        } else {
            connection.proxyCommand = command
            if connection.transport == .openssh { return }
            problem(
                place,
                "`\(variable)` has a ProxyCommand, which the built-in SSH does not run",
                hint: "write `jump: USER@HOST` or `transport: openssh`"
            )
        }
    }

    private mutating func warnOfUncheckedKeys(_ place: Place, _ variable: String) {
        warnings.append(
            Complaint(
                place,
                "`\(variable)` turns off the check of host keys, which mtactl never does",
                hint: "collect the keys with `mtactl facts --accept-new`, once"
            )
        )
    }

    /// Hosts to go through, as in ProxyJump; `nil` with a problem where they are not understood.
    mutating func jumps(_ text: String, _ place: Place?) -> [HostConnection.JumpHost]? {
        if text.lowercased() == "none" { return [] }
        var result: [HostConnection.JumpHost] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let jump = HostConnection.JumpHost(String(part)) else {
                problem(place, "`\(text.shortened)` names no jump hosts", hint: "write `USER@HOST:PORT`")
                return nil
            }
            result.append(jump)
        }
        return result
    }
}

extension HostConnection {
    /// Whether it is said already how to get there.
    var hasWay: Bool { jumps != nil || proxyCommand != nil }

    /// The hosts of a ProxyJump are looked up where the host is.
    mutating func handConfigurationOn() {
        guard let configuration, let jumps else { return }
        self.jumps = jumps.map { jump in
            var jump = jump
            if !jump.hasOwnSSH { jump.configuration = configuration }
            return jump
        }
    }
}

extension HostConnection.JumpHost {
    /// `[user@]host[:port]`, or as an `ssh://` address.
    package init?(_ text: String) {
        var rest = text.hasPrefix("ssh://") ? text.dropFirst(6) : text[...]
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        if text.hasPrefix("ssh://"), rest.last == "/" { rest = rest.dropLast() }
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
            !address.contains(where: { $0.isWhitespace || "/%'\"`$\\;&<>|(){}".contains($0) }),
            port.map({ (1...65_535).contains($0) }) ?? true
        else { return nil }
    }
}
