import MTAPlan

/// What an operator reads of each refusal.
extension QmailRefusals {
    static func unable(_ what: String, _ key: String) -> Failure {
        Failure("qmail cannot \(what), as `\(key)` asks", hint: "remove `\(key)` from the play, or the host from it")
    }

    static let notRunning = Failure(
        "qmail-send is not running, so no mail leaves this host",
        hint: "start it (`svc -u`, `qmailctl start`, `systemctl start`), or exclude the host"
    )

    static func severalHosts(_ smarthost: Smarthost) -> Failure {
        Failure(
            "qmail has one relay for a domain, and `\(smarthost.name)` has \(smarthost.hosts.count) hosts",
            hint: "give the smarthost one `host`: a name with several addresses is tried address by address"
        )
    }

    static func notIPv4(_ smarthost: Smarthost, _ name: String) -> Failure {
        Failure(
            "`\(smarthost.name)` is at `\(name)`, and a relay in control/smtproutes has a name or an IPv4 address",
            hint: "write its name"
        )
    }

    // MARK: TLS

    static func tlsFromTheStart(_ smarthost: Smarthost) -> Failure {
        Failure(
            "`\(smarthost.name)` has port 465, which is TLS from the first byte, and this qmail-remote begins in clear text",
            hint: "use a port on which the smarthost begins in clear text: 25 or 587"
        )
    }

    static func withoutTLS(_ smarthost: Smarthost, _ build: QmailBuild) -> Failure {
        Failure(
            "this qmail-remote (\(build.description)) has no TLS, and `\(smarthost.name)` has `tls: \(smarthost.tls.rawValue)`",
            hint: "write `tls: none` if mail may cross the network in clear text; otherwise qmail needs a patch for TLS"
        )
    }

    static func alwaysTLS(_ smarthost: Smarthost) -> Failure {
        Failure(
            "this qmail-remote uses TLS wherever it is offered, and `\(smarthost.name)` has `tls: none`",
            hint: "write `tls: opportunistic`"
        )
    }

    static func tlsNotRequired(_ smarthost: Smarthost, _ build: QmailBuild, _ home: String) -> Failure {
        let file = "\(home)/control/tlshosts/\(smarthost.hosts[0]).pem"
        return Failure(
            "this qmail-remote sends in clear text where TLS is not offered, and `\(smarthost.name)` has `tls: \(smarthost.tls.rawValue)`",
            hint: build.tls == .byHost
                ? "put the certificates of the authorities to trust in \(file), or write `tls: opportunistic`"
                : "write `tls: opportunistic`"
        )
    }

    static func tlsNotLogged(_ smarthost: Smarthost) -> Failure {
        Failure(
            "this qmail-remote does not log TLS, so `tls: \(smarthost.tls.rawValue)` of `\(smarthost.name)` could not be proved",
            hint: "write `tls: opportunistic`, or compile qmail with -DDEBUG, which its patch for TLS logs with"
        )
    }

    // MARK: Logins

    static func withoutLogins(_ smarthost: Smarthost, _ build: QmailBuild) -> Failure {
        Failure(
            "this qmail-remote (\(build.description)) would ignore the login of `\(smarthost.name)` and send without it",
            hint: "use a smarthost that accepts the host by its address, or a build of qmail that logs in"
        )
    }

    static func loginsElsewhere(_ smarthost: Smarthost, _ file: String) -> Failure {
        Failure(
            "this qmail-remote takes the login of `\(smarthost.name)` from \(file), which mtactl does not write",
            hint: "put the login there by hand, and remove `login` from the playbook"
        )
    }

    static func unfitUser(_ user: String, _ mark: Character) -> Failure {
        let mark = mark == " " ? "a space or begins with `-`" : "a `\(mark)`"
        return Failure(
            "the user name `\(user.escaped)` is empty or has \(mark) in it, which cannot be written in control/smtproutes",
            hint: "ask for another user name"
        )
    }

    static func unfitPassword(_ login: Login, _ what: String) -> Failure {
        Failure("the password of `\(login.username.escaped)` \(what)", hint: "ask for another password")
    }

    // MARK: Rows

    static func withoutSenders(_ build: QmailBuild) -> Failure {
        Failure(
            "this qmail-remote (\(build.description)) cannot route by sender",
            hint: "remove `senders` from the play, or use a build of qmail with control/authsenders"
        )
    }

    static let sendersFirst = Failure(
        "qmail looks at control/authsenders before control/smtproutes, but in a play recipients come before senders",
        hint: "remove `recipients` or `senders` from the play"
    )

    static func senderNotDirect(_ sender: SenderPattern) -> Failure {
        Failure(
            "qmail cannot send mail from `\(sender.authsendersKey)` direct while other mail takes a smarthost",
            hint: "leave the default route direct and name the senders that take the smarthost"
        )
    }

    static func everySender(_ path: String, _ line: Int) -> Failure {
        Failure(
            "a row without a sender routes all mail, before control/smtproutes is used",
            hint: "remove the row, or the host from the play",
            at: "\(path):\(line)"
        )
    }

    static func own(_ pattern: DomainPattern, _ path: String, _ domain: String) -> Failure {
        Failure(
            "`\(pattern.smtproutesKey)` is one of the host's own domains: \(path) has `\(domain.escaped)`",
            hint: "remove the row from `recipients`, or the domain from that file"
        )
    }

    static func everythingLocal(_ path: String) -> Failure {
        Failure(
            "a row without a domain makes all mail local, so that none would take a smarthost",
            hint: "is this host a gateway that passes its mail to another program? if so, route that one",
            at: path
        )
    }
}
