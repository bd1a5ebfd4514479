import MTAPlan

extension Failure {
    static func tooOldExim(_ version: String) -> Failure {
        Failure("exim \(version) is older than 4.90", hint: "upgrade Exim; 4.90 was released in 2017")
    }
    static let noGroup = Failure(
        "exim did not report the group it delivers as, which must be able to read the logins",
        hint: "does `exim -bP exim_group` work on the host?"
    )
    static func noLocalDomains(_ path: String) -> Failure {
        Failure(
            "there is no `domainlist local_domains`, so the host's own mail cannot be distinguished from other mail",
            hint: "give the host's own domains this name, as Exim's own example does",
            at: path
        )
    }
    static func foreignDriver(_ driver: EximStructure.Driver) -> Failure {
        Failure(
            "`\(driver.name)` is outside the markers `# BEGIN mtactl` and `# END mtactl`",
            hint: "remove it, or rename it",
            at: driver.start.place.text
        )
    }
    static func twice(_ driver: EximStructure.Driver, _ first: EximStructure.Driver) -> Failure {
        Failure(
            "`\(driver.name)` exists already at \(first.start.place.text)",
            hint: "remove one of them, or rename it",
            at: driver.start.place.text
        )
    }
    static func unseenRouter(_ name: String, _ path: String) -> Failure {
        Failure(
            "exim has a router `\(name.escaped)` that is in none of the files it was read from",
            hint: "give `.include` the full path, without macros, of the file that it is in",
            at: path
        )
    }
    static func editedByHand(_ line: String) -> Failure {
        Failure(
            "`\(EximOptions.line(line.escaped.prefix(60)))` is only in the generated file, so it was added by hand and would be lost",
            hint: "add the line to exim4.conf.template or conf.d and run `update-exim4.conf`",
            at: EximHost.generated
        )
    }
    static func ownDomain(_ domain: String, _ list: String) -> Failure {
        Failure(
            "`\(domain)` is one of the host's own domains: it is in `\(list)`",
            hint: "remove the row from `recipients`, or the domain from `\(list)` on the host"
        )
    }
    static func hubbed(_ domain: String) -> Failure {
        Failure(
            "`\(domain)` has a route of its own, in /etc/exim4/hubbed_hosts",
            hint: "remove the row from that file, or from `recipients`"
        )
    }
    static func noRemoteTransport(_ path: String) -> Failure {
        Failure(
            "there is no transport for direct mail, as every remote domain goes to another smarthost",
            hint: "add Exim's own `remote_smtp`, or use `bounces: default` and no row with `direct`",
            at: path
        )
    }
    static func unknownTransport(_ router: EximStructure.Driver) -> Failure {
        Failure(
            "`\(router.name)` chooses its transport by an expression that names no transport",
            hint: "name its transports in the expression, so that ours can be chosen in the same way",
            at: router.start.place.text
        )
    }
    static func rowsOfTheirOwn(_ router: EximStructure.Driver) -> Failure {
        Failure(
            "`\(router.name)` has hosts for some domains and others for all other mail in one `route_list`",
            hint: "give the rows for these domains a router of their own, before it",
            at: router.start.place.text
        )
    }
    static func ownName(_ driver: EximStructure.Driver, _ kind: String, _ variable: String) -> Failure {
        Failure(
            "the \(kind) `\(driver.name)` asks for `$\(variable)`, which would be another one in mtactl's copy of it",
            hint: "write the name itself there",
            at: driver.start.place.text
        )
    }
    static func onlySomeSenders(_ router: EximStructure.Driver) -> Failure {
        Failure(
            "`\(router.name)` sends mail of some senders only, by its `senders`, and no router sends all other mail",
            hint: "name these senders in `senders`, with `default: direct`, or add a router that sends all mail",
            at: router.start.place.text
        )
    }
    static func definedBetween(_ macro: EximStructure.Item, _ driver: EximStructure.Driver) -> Failure {
        Failure(
            "a macro that `\(driver.name)` uses is defined behind the place for mtactl's copy of it",
            hint: "define it at the beginning of the configuration",
            at: macro.place.text
        )
    }
    static func ownAddressData(_ router: EximStructure.Driver) -> Failure {
        Failure(
            "`\(router.name)` leaves a value in `address_data` for a transport, and so do rows of the playbook",
            hint: "have the router that sends the mail set `address_data`, or use only a default route",
            at: router.start.place.text
        )
    }
    static func ownReturnPath(_ place: EximStructure.Place) -> Failure {
        Failure(
            "the host's transport has its own `return_path`, and a transport can have only one",
            hint: "remove it, or remove `rewrite-return-path` from the playbook",
            at: place.text
        )
    }
    static func macro(_ name: String) -> Failure {
        Failure(
            "the macro `\(name.escaped)` would be expanded in the lines that mtactl writes",
            hint: "give the macro a longer name on the host"
        )
    }
    static func doubleEximName(_ name: String) -> Failure {
        Failure(
            "the smarthost `\(name)` and another one get the same router name",
            hint: "give one of them a name that differs in letters or digits and does not end in `_senders` or `_file`"
        )
    }
    static func unfitEximName(_ name: String) -> Failure {
        Failure(
            "`\(name.escaped)` cannot be part of a router name",
            hint: "name the smarthost with letters, digits, `-` and `_`"
        )
    }
    static func unfitEximHost(_ name: String) -> Failure {
        Failure(
            "the smarthost `\(name)` has no host, or one that is neither a host name nor an address",
            hint: "write `host: outgoing.example.net`, without brackets and port"
        )
    }
    static func unfitEximPath(_ path: String) -> Failure {
        Failure(
            "`\(path.escaped)` cannot be used in an Exim expansion",
            hint: "use a full path of letters, digits, `-`, `_`, `.`, `+` and `@`"
        )
    }
    static func unfitEximUser(_ user: String) -> Failure {
        Failure(
            "exim cannot send the user name `\(user.escaped)`: it is empty, begins with `^`, or has a `:` or a control character",
            hint: "ask the smarthost's operator for another user name"
        )
    }
    static func unfitEximPassword(_ login: Login, _ why: String) -> Failure {
        Failure(
            "exim cannot store the password of `\(login.username.escaped)` (\(login.password)): it \(why)",
            hint: "check what \(login.password) contains, or have the password changed"
        )
    }
    static func otherLogin(_ driver: EximStructure.Driver) -> Failure {
        Failure(
            "`\(driver.name)` already logs in with `\((driver.option("public_name") ?? "").escaped)`, and Exim has one client for each mechanism",
            hint:
                "so that mtactl can share it, let it send three strings for LOGIN or one for PLAIN, with balanced braces and no `client_condition`",
            at: driver.start.place.text
        )
    }
}
