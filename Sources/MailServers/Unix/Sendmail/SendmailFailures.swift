import MTAPlan

/// What Sendmail cannot do, and what is wrong with a host's.
enum SendmailRefusal {
    static let noProgram = Failure(
        "sendmail does not report where its configuration is",
        hint: "is /etc/mail/sendmail.cf there, and the program sendmail?"
    )
    static func carriageReturns(_ path: String) -> Failure {
        Failure(
            "its lines end in carriage returns, which m4 would put into names of hosts and files",
            hint: "remove them with `sed -i 's/\\r$//' \(path)`, and regenerate sendmail.cf",
            at: path
        )
    }
    static func runs(_ path: Substring, _ what: String) -> Failure {
        Failure(
            "\(what), so what it means is known only when it is run, and a plan runs nothing",
            hint: "write the result in its place",
            at: String(path).escaped
        )
    }
    static func elsewhere(_ way: String) -> Failure {
        Failure(
            "programs of the host hand their mail to `\(way.escaped)`, past this Sendmail and its routes",
            hint: "write FEATURE(`msp', `[127.0.0.1]') in /etc/mail/submit.mc and run `make -C /etc/mail submit.cf`",
            at: "/etc/mail/submit.cf"
        )
    }
    static func fallback(_ option: String, _ host: String, _ source: String) -> Failure {
        let macro = option == "FallbackMXhost" ? "confFALLBACK_MX" : "confFALLBACK_SMARTHOST"
        return Failure(
            "\(option) sends mail to `\(host.escaped)` where the smarthost does not answer, and it would get the login",
            hint: "remove \(macro) from \(source), and regenerate sendmail.cf",
            at: "/etc/mail/sendmail.cf"
        )
    }
    static func noSource(_ path: String) -> Failure {
        Failure(
            "\(path) does not exist",
            hint: "sendmail.cf was generated from it; put it back, so that sendmail.cf can be regenerated"
        )
    }
    static let noLayout = Failure(
        "the files that generate sendmail.cf on Debian, Red Hat or FreeBSD are missing",
        hint: "install the distribution's package with Sendmail's m4 files (sendmail-cf)"
    )
    static func noTool(_ tool: String, _ layout: SendmailHost.Layout) -> Failure {
        let package = tool == "makemap" && layout == .debian ? "sendmail-bin" : tool
        return Failure("\(tool) is not installed, but sendmail.cf is generated with it", hint: "install \(package)")
    }
    static func broken(_ words: String, _ source: String) -> Failure {
        Failure(
            "m4 rejects it: `\(words)`",
            hint: "repair this first; `m4 \(source) >/dev/null` on the host shows it",
            at: source
        )
    }
    static func notMade(_ made: String, _ source: String, _ layout: SendmailHost.Layout) -> Failure {
        let make = layout == .freebsd ? "make -C /etc/mail cf install" : "make -C /etc/mail sendmail.cf"
        return Failure(
            "it differs from what \(source) generates: it was edited by hand, or not regenerated since",
            hint: "move the wanted lines into \(source) and run `\(make)` on the host; to see the difference: "
                + "`m4 \(source) | diff \(made) -`",
            at: made
        )
    }
    static func noMailer(_ source: String) -> Failure {
        Failure(
            "it has no SMTP mailers, or belongs to a null client, so there are no routes to choose from",
            hint: "add MAILER(`smtp'), or change the hub in FEATURE(`nullclient') by hand",
            at: source
        )
    }
    static let noTables = Failure(
        "this sendmail was built without Berkeley DB and CDB, so it cannot look anything up",
        hint: "install the distribution's package"
    )
    static let localDomains = Failure(
        "sendmail cannot do `local-domains: relay`: mail that comes back from the smarthost would go there again",
        hint: "keep local mail local, or move the host to Exim"
    )
    static let sendersFile = Failure(
        "sendmail cannot use `senders-file`, as it reads its tables only in compiled form",
        hint: "write the senders into the playbook, under `senders`"
    )
    static let returnPath = Failure(
        "sendmail cannot do `rewrite-return-path`: its envelope rules cannot distinguish one smarthost's mail from other mail",
        hint: "leave it out for this host, or have the sending programs use an address that the smarthost accepts"
    )
    static let notRunning = Failure(
        "sendmail's daemon is not running, so a new configuration could not be proved",
        hint: "start it: `systemctl start sendmail`, `service sendmail start`"
    )
    static let noTLS = Failure(
        "this sendmail was built without STARTTLS",
        hint: "install the distribution's package, or write `tls: none` for the smarthost"
    )
    static func implicitTLS(_ name: String) -> Failure {
        Failure(
            "the smarthost `\(name)` has port 465, TLS from the first byte, which Sendmail does not speak as a client",
            hint: "use the smarthost's port 587"
        )
    }
    static func noCertificates(_ name: String) -> Failure {
        Failure(
            "the certificate of `\(name)` is to be verified, but no CA certificates were found",
            hint: "install ca-certificates, or define confCACERT and confCACERT_PATH in sendmail.mc"
        )
    }
    static func verifiedAddress(_ name: String, _ address: String) -> Failure {
        Failure(
            "the certificate of `\(name)` is to be verified, but `\(address)` is an address, not a name",
            hint: "write the name that is in the certificate, or `tls: required`"
        )
    }
    static func noSASL(_ program: String) -> Failure {
        Failure(
            "\(program) was built without SASLv2, so it cannot log in anywhere",
            hint: "install the distribution's package, or have the smarthost accept the host by its address"
        )
    }
    static func noPlugIns(_ package: String) -> Failure {
        Failure(
            "there is no SASL plug-in for PLAIN or LOGIN, so sendmail would send without logging in",
            hint: "install \(package) on the host"
        )
    }
    static func unfitName(_ name: String) -> Failure {
        Failure("`\(name.escaped)` cannot be part of a mailer's name", hint: "name it with letters, digits, - and _")
    }
    static func unfitHost(_ name: String) -> Failure {
        Failure("a host of `\(name.escaped)` is neither a name nor an address", hint: "write it as it is in DNS")
    }
    static func unfitUser(_ user: String) -> Failure {
        Failure(
            "the user name `\(user.escaped)` is empty or has control characters in it",
            hint: "write it as the smarthost's provider gives it"
        )
    }
    static func unfitPassword(_ login: Login, _ why: String) -> Failure {
        Failure("the password of `\(login.username.escaped)` \(why)", hint: "set another one at the smarthost")
    }
    static func opaqueTable(_ type: String, _ path: String?) -> Failure {
        Failure(
            "the mailertable of type `\(type.escaped)`\(path.map { " (`\($0.escaped)`)" } ?? "") may take precedence over the playbook's rows",
            hint: "remove FEATURE(`mailertable') on the host, or use `default` and `senders` only"
        )
    }
    static func wildcard(_ path: String, _ row: SendmailTable.Row) -> Failure {
        Failure(
            "this row, `. \(row.value.escaped)`, takes all non-local mail before any other route",
            hint: "remove the row on the host and run makemap",
            at: "\(path):\(row.line)"
        )
    }
    static func foreignRow(_ path: String, _ row: SendmailTable.Row, _ key: String) -> Failure {
        Failure(
            "`\(row.key.escaped)` has a route here, `\(row.value.escaped)`, which takes precedence over the playbook's row for `\(key)`",
            hint: "remove the row on the host and run makemap, or remove `\(key)` from `recipients`",
            at: "\(path):\(row.line)"
        )
    }
    static func own(_ domain: String) -> Failure {
        Failure(
            "`\(domain)` is one of the host's own domains, and its mail is delivered locally",
            hint: "remove the row from `recipients`, or the domain from /etc/mail/local-host-names on the host"
        )
    }
}
