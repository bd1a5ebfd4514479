import MTAPlan

/// What a program that sends all mail one way cannot do, refused in the same words for each.
struct OneWay {
    /// The program: `nullmailer`.
    let server: String
    let routes: Routes

    /// What the program can do at all.
    enum Ability {
        /// Another smarthost or login for some senders.
        case senders
        /// Several hosts, tried in order.
        case severalHosts
    }

    /// The smarthost for all mail; `nil` where the playbook asks for no change of it.
    func smarthost(able abilities: Set<Ability> = []) throws(Failure) -> Smarthost? {
        if case .relay = routes.localDomains { throw .localMail(server) }
        if let row = routes.recipients.first { throw .recipients(server, row.domain) }
        if !abilities.contains(.senders), let row = routes.senders.first { throw .senders(server, row.sender) }
        if let file = routes.sendersFile { throw .sendersFile(server, file.path) }
        if routes.returnPath != nil { throw .returnPath(server) }
        try routes.checkBounces(on: server)
        guard case .via(let smarthost) = routes.defaultRoute else { return nil }
        if !abilities.contains(.severalHosts) { try smarthost.checkHosts(on: server) }
        return smarthost
    }
}

extension Smarthost {
    func checkHosts(on server: String) throws(Failure) {
        if hosts.count > 1 { throw .severalHosts(server, name) }
    }
}

/// What a program's settings file can hold of a login.
struct LoginLimits {
    let server: String
    /// Bytes that cannot be in a user name.
    var user: [UInt8] = []
    /// Bytes that cannot be in a password.
    var password: [UInt8] = []
    /// White space at the end is lost.
    var isTrimmed = false
    /// What else to do where the login cannot be kept.
    var hint = "have the password changed"

    func check(_ login: Login, secrets: Secrets) throws(Failure) {
        let name = Array(login.username.utf8)
        guard !name.isEmpty, !name.contains(where: { $0 < 0x20 || $0 == 0x7F || user.contains($0) }),
            !(isTrimmed && name.first?.isBlank == true)
        else { throw .unfitUser(server, login.username) }
        let value = try secrets.value(of: login.password).reveal()
        if value.isEmpty { throw unfit(login, "is empty") }
        if value.contains(where: { [0, 0x0A, 0x0D].contains($0) }) {
            throw unfit(login, "has a line break or a NUL byte in it")
        }
        if let byte = value.first(where: password.contains) {
            let character = byte.isBlank ? "a space" : "a `\(String(UnicodeScalar(byte)))`"
            throw unfit(login, "has \(character) in it, which \(server) would not read back")
        }
        if isTrimmed, value.last?.isBlank == true {
            throw unfit(login, "ends in white space, which \(server) drops")
        }
    }

    private func unfit(_ login: Login, _ why: String) -> Failure {
        Failure(
            "\(server) cannot store the password of `\(login.username.escaped)` (\(login.password)): it \(why)",
            hint: hint
        )
    }
}

extension Failure {
    fileprivate static func recipients(_ server: String, _ domain: DomainPattern) -> Failure {
        Failure(
            "\(server) cannot route by recipient, and `\(domain.key)` has a row under `recipients`",
            hint: "leave `recipients` out for this host, or install Postfix, Exim or OpenSMTPD on it"
        )
    }
    fileprivate static func senders(_ server: String, _ sender: SenderPattern) -> Failure {
        Failure(
            "\(server) cannot route by sender, and `\(sender)` has a row under `senders`",
            hint: "leave `senders` out for this host; of the small programs msmtp can do this"
        )
    }
    fileprivate static func sendersFile(_ server: String, _ path: String) -> Failure {
        Failure(
            "\(server) cannot read senders from a list such as \(path)",
            hint: "leave `senders-file` out for this host, or install Postfix or Exim on it"
        )
    }
    fileprivate static func severalHosts(_ server: String, _ name: String) -> Failure {
        Failure(
            "\(server) takes one host, and the smarthost `\(name)` has several",
            hint: "give one host, or a name with several addresses"
        )
    }
    fileprivate static func unfitUser(_ server: String, _ user: String) -> Failure {
        Failure(
            "\(server) cannot store the user name `\(user.escaped)`",
            hint: "ask the smarthost's operator for another user name"
        )
    }
    static func noSuchTLS(_ server: String, _ smarthost: Smarthost, why: String, hint: String) -> Failure {
        Failure("\(server) cannot do `tls: \(smarthost.tls)` for `\(smarthost.name)`: \(why)", hint: hint)
    }
}
