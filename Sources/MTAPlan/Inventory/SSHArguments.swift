/// ssh's own command line: its options in the words of ssh_config, where it goes, and what it runs there.
package struct SSHArguments: Sendable, Equatable {
    package struct Option: Sendable, Equatable {
        /// A keyword of ssh_config in lower case, or one of `configuration` and `forwardto`, which have none there.
        package var name: String
        package var value: String
    }

    package var options: [Option] = []
    /// `[user@]host`, or an `ssh://` address.
    package var destination: String?
    /// What ssh would run there.
    package var command: [String] = []

    /// Reads words after the program's name (ssh(1); OpenSSH 9.2, ssh.c, `main`).
    ///
    /// Options may be behind the destination too.
    package init(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                destination = destination ?? rest.popFirst()
                command = Array(rest)
                return
            }
            if word.hasPrefix("-"), word.utf8.count > 1 {
                add(flags: word.dropFirst(), &rest)
            } else if destination == nil {
                destination = word
            } else {
                command = [word] + rest
                return
            }
        }
    }

    /// Letters behind one `-`; the first that wants a value takes what follows.
    private mutating func add(flags: Substring, _ rest: inout ArraySlice<String>) {
        var flags = flags
        while let letter = flags.popFirst() {
            if let option = Self.plain[letter] { options.append(option) }
            guard Self.withValue.contains(letter) else { continue }
            let value = flags.isEmpty ? rest.popFirst() ?? "" : String(flags)
            add(letter, value)
            return
        }
    }

    private mutating func add(_ letter: Character, _ value: String) {
        if letter == "o" {
            let key = value.prefix { $0 != "=" && !$0.isWhitespace }
            let tail = value.dropFirst(key.count).drop { $0 == "=" || $0.isWhitespace }
            options.append(Option(name: key.lowercased(), value: Self.unquoted(String(tail))))
        } else if let name = Self.named[letter] {
            options.append(Option(name: name, value: value))
        }
    }

    /// A value of ssh_config may be in double quotes; a command's belong to the command.
    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count > 1, text.hasPrefix("\""), text.hasSuffix("\""),
            !text.dropFirst().dropLast().contains("\"")
        else { return text }
        return String(text.dropFirst().dropLast())
    }

    /// From getopt's list in ssh.c.
    private static let withValue = Set("bceilmopBDEFIJLOPQRSwW")
    private static let plain: [Character: Option] = [
        "4": Option(name: "addressfamily", value: "inet"), "6": Option(name: "addressfamily", value: "inet6"),
    ]
    private static let named: [Character: String] = [
        "J": "proxyjump", "p": "port", "l": "user", "i": "identityfile", "F": "configuration", "W": "forwardto",
        "b": "bindaddress", "B": "bindinterface", "c": "ciphers", "m": "macs", "I": "pkcs11provider",
    ]
}

extension HostConnection.JumpHost {
    /// The hosts that a ProxyCommand goes through, where it is an ssh that does no more than that: `ssh -W %h:%p BASTION`,
    /// or netcat there.
    package static func jumps(inCommand command: String) -> [HostConnection.JumpHost]? {
        guard var words = ShellWords.split(command) else { return nil }
        if words.first == "exec" { words.removeFirst() }
        words.removeAll { ["2>/dev/null", "2>&1"].contains($0) }
        guard let program = words.first, program == "ssh" || program.hasSuffix("/ssh") else { return nil }
        // What a shell would do with these is not for us to guess.
        guard !words.contains(where: { $0.replacing("$HOME/", with: "").contains { "|;&`$<>".contains($0) } }) else {
            return nil
        }
        let arguments = SSHArguments(Array(words.dropFirst()))
        guard let destination = arguments.destination, arguments.leadsOn, var jump = Self(destination) else {
            return nil
        }
        jump.hasOwnSSH = true
        var earlier: [Self]?
        for option in arguments.options {
            switch option.name {
            case "proxyjump": earlier = earlier ?? Self.list(option.value)
            case "proxycommand": earlier = earlier ?? Self.jumps(inCommand: option.value.replacing("%%", with: "%"))
            case "forwardto": continue
            default: jump.add(option)
            }
        }
        let isIndirect = arguments.options.contains { ["proxyjump", "proxycommand"].contains($0.name) }
        if isIndirect, earlier == nil { return nil }
        return (earlier ?? []) + [jump]
    }

    /// Hosts as in ProxyJump; `nil` where one is none.
    package static func list(_ text: String) -> [Self]? {
        if text.lowercased() == "none" { return [] }
        let jumps = text.split(separator: ",", omittingEmptySubsequences: false).map { Self(String($0)) }
        return jumps.contains(nil) ? nil : jumps.compactMap(\.self)
    }

    /// The first value of an option counts, as in ssh.
    private mutating func add(_ option: SSHArguments.Option) {
        switch option.name {
        case "user": user = user ?? option.value
        case "port": port = port ?? Int(option.value)
        case "identityfile": identityFile = identityFile ?? option.value.replacing("$HOME/", with: "~/")
        case "configuration": configuration = configuration ?? option.value.replacing("$HOME/", with: "~/")
        case "userknownhostsfile" where option.value != "/dev/null":
            knownHosts = knownHosts ?? option.value.replacing("$HOME/", with: "~/")
        default:
            if SSHArguments.passesOn(option) { options.append("\(option.name)=\(option.value)") }
        }
    }
}

extension SSHArguments {
    /// Whether all that is done at the destination is to go on to the host.
    fileprivate var leadsOn: Bool {
        let target = options.first { $0.name == "forwardto" }?.value
        if let target { return ["%h:%p", "[%h]:%p"].contains(target) && command.isEmpty }
        let words = command.count == 1 ? ShellWords.split(command[0]) ?? [] : command
        guard let program = words.first?.split(separator: "/").last, ["nc", "netcat", "ncat"].contains(program) else {
            return false
        }
        let rest = words.dropFirst().filter { !$0.hasPrefix("-") }
        return Array(rest.suffix(2)) == ["%h", "%p"] && rest.count <= 3
    }

    /// Whether ssh should be told of a setting that has no name of ours.
    ///
    /// Not of what we decide ourselves, nor of what is of no use for running one program.
    static func passesOn(_ option: Option) -> Bool {
        !option.name.isEmpty && !option.value.isEmpty && !ours.contains(option.name)
    }

    private static let ours: Set<String> = [
        "controlmaster", "controlpersist", "controlpath", "forwardagent", "forwardx11", "forwardx11trusted",
        "requesttty", "stricthostkeychecking", "userknownhostsfile", "updatehostkeys", "loglevel", "batchmode",
        "remotecommand", "localcommand", "permitlocalcommand", "sessiontype", "stdinnull", "forkafterauthentication",
        "clearallforwardings", "exitonforwardfailure", "localforward", "remoteforward", "dynamicforward", "tunnel",
        "visualhostkey", "escapechar", "sendenv", "setenv", "hashknownhosts", "checkhostip", "compression",
        "serveraliveinterval", "serveralivecountmax", "tcpkeepalive", "connectionattempts", "numberofpasswordprompts",
    ]
}
