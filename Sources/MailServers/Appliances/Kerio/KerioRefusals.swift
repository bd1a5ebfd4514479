import MTAPlan

/// What no relay rule of Kerio Connect can say, refused before anything is looked at.
extension Routes {
    /// - Throws: The first request that cannot be met.
    func checkKerio(_ secrets: Secrets) throws(Failure) {
        if let file = sendersFile {
            throw Failure(
                "Kerio Connect cannot read senders from a list such as \(file.path)",
                hint: "leave `senders-file` out for this host, and write the senders under `senders`"
            )
        }
        if returnPath != nil { throw .returnPath("Kerio Connect") }
        if localDomains != .keep { throw .localMail("Kerio Connect") }
        try checkBounces(on: "Kerio Connect")
        for row in recipients {
            if case .subdomains(let domain) = row.domain { throw .subdomains(domain) }
        }
        for case .address(let address) in senders.map(\.sender) where address.contains(where: { "*?".contains($0) }) {
            throw Failure(
                "`\(address)` would be a pattern for Kerio Connect and not an address",
                hint: "leave it out for this host"
            )
        }
        for smarthost in smarthosts { try smarthost.checkKerio() }
        let logins = smarthosts.compactMap(\.login) + senders.compactMap(\.login)
        for login in logins { try login.checkKerio(secrets) }
    }
}

extension Smarthost {
    fileprivate func checkKerio() throws(Failure) {
        try checkHosts(on: "Kerio Connect")
        if tls == .required || tls == .verified {
            throw .noSuchTLS(
                "Kerio Connect",
                self,
                why: "it encrypts where the other side offers it, else sends in clear text, and checks no certificate",
                hint:
                    "write `tls: opportunistic` where that is enough, or let Postfix between Kerio and the smarthost do it"
            )
        }
        if port == 465 {
            throw Failure(
                "a relay rule of Kerio Connect does not support TLS from the first byte, which port 465 of `\(name)` needs",
                hint: "write the port on which the smarthost offers STARTTLS, often 587"
            )
        }
    }
}

extension Login {
    /// - Throws: For a password that Kerio would take for something else.
    fileprivate func checkKerio(_ secrets: Secrets) throws(Failure) {
        let shown = "the password of `\(Printable.line(username))` (\(password))"
        guard let text = String(validating: try secrets.value(of: password).reveal(), as: UTF8.self) else {
            throw Failure("\(shown) is not text, but Kerio's interface accepts only text", hint: Self.other)
        }
        if text.isEmpty { throw Failure("\(shown) is empty, which would erase it", hint: "look at \(password)") }
        if text.contains("\0") { throw Failure("\(shown) has a NUL byte in it", hint: Self.other) }
        // The interface's own documentation: a rule's id in its place copies that rule's password.
        if text.hasPrefix("keriodb:") {
            throw Failure(
                "\(shown) looks like the id of a rule, which Kerio would copy a password from",
                hint: Self.other
            )
        }
    }

    private static let other = "set another one at the smarthost"
}

extension Failure {
    fileprivate static func subdomains(_ domain: String) -> Failure {
        Failure(
            "Kerio Connect does not document whether a rule can match subdomains, and `.\(domain)` has a row",
            hint: "write a row for each subdomain"
        )
    }

    static func directRow(_ row: String, _ why: String) -> Failure {
        Failure(
            "Kerio Connect has no rule for direct mail, but `\(row)` is to go direct: \(why)",
            hint: "a rule can only express one row with `direct` next to a smarthost for all other mail"
        )
    }

    static func unknownPassword(_ rule: RelayRule) -> Failure {
        let name = Printable.line(rule.name)
        return Failure(
            "the relay rule \"\(name)\" logs in as `\(Printable.line(rule.username ?? ""))`, and writing the list would erase "
                + "its password, which nobody can read",
            hint: "write `kerio: {rule-passwords: {\"\(name)\": env:NAME}}`, or remove the login from that rule by hand"
        )
    }
}
