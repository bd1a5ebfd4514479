import MTAPlan

/// How our transports log in: client authenticators, and the file in which they look user name and password up.
///
/// The file has a row for each login: by the transport's name where all mail of a smarthost uses one, by transport and
/// sender where each sender has its own. Written into the configuration itself, a password would be read by everybody
/// who may read that, and mangled where a macro's name, a blank at an end or a backslash is in it.
///
/// An Exim has one client authenticator for each mechanism, or `-bt` and every delivery says "two client authenticators
/// … have the same public name". Where the host has some of its own, they are shared: see `EximLoginSharing`.
///
/// Source: Exim specification, chapters 33 and 34: `^` stands for a NUL, `^^` for itself; a forced failure of the
/// first string makes Exim skip the authenticator.
extension EximBlocks {
    var hasLogins: Bool { services.contains(where: \.hasLogin) }

    /// Our own clients, for the mechanisms that the host has none for.
    func authenticators(except shared: Set<String> = []) -> [String] {
        guard hasLogins else { return [] }
        // LOGIN first: Exim cannot send a password that begins with `^` as PLAIN.
        let login = [
            "mtactl_login:",
            "  driver = plaintext",
            "  public_name = LOGIN",
            "  client_send = <; ${if !eq {\(row)} {} {} fail} \\",
            "    ; \(doubled(field("user"))) \\",
            "    ; \(doubled(field("pass")))",
        ]
        let plain = [
            "mtactl_plain:",
            "  driver = plaintext",
            "  public_name = PLAIN",
            "  client_send = <; ^\(doubled(field("user")))\\",
            "    ^\(doubled(field("pass")))",
        ]
        return (shared.contains("LOGIN") ? [] : login) + (shared.contains("PLAIN") ? [] : plain)
    }

    /// What Debian's authenticators send: `USER:PASSWORD` for our transports, what it was for others.
    ///
    /// They hold the macro within double quotes, where a backslash is written twice.
    func passwordLine(orElse theirs: String) -> [String] {
        guard hasLogins else { return [] }
        return [
            "PASSWDLINE == ${if match {$transport_name} {^mtactl_} \\",
            "    {${sg {\(field("user")):\\",
            #"    \#(field("pass"))} {\\N[\\^]\\N} {^^}}} \"#,
            "    {\(theirs)}}",
        ]
    }

    func field(_ name: String) -> String { "${extract {\(name)} {\(row)}}" }

    func doubled(_ expression: String) -> String { #"${sg {\#(expression)} {\\^} {^^}}"# }

    /// The row of the login for this transport and sender; a forced failure where there is none.
    var row: String {
        services.reduce(own) { rest, service in
            guard case .file(let path) = service.logins else { return rest }
            let listed = listed(service, path)
            if rest == "fail" { return listed }
            let isItsOwn =
                site.twins.count == 1
                ? "eq {$transport_name} {\(service.name)}" : #"match {$transport_name} {\N^\#(service.name)(__|$)\N}"#
            return "${if \(isItsOwn) {\(listed)} {\(rest)}}"
        }
    }

    private func lookup(_ key: String, in file: String, orElse: String) -> String {
        "${lookup {\(key)} lsearch {\(file)} {$value} \(orElse == "fail" ? orElse : "{\(orElse)}")}"
    }

    /// Logins of the playbook; `fail` where no service uses any.
    private var own: String {
        let file = site.file(.logins)
        var keys: [String] = []
        if services.contains(where: { $0.logins == .smarthost && $0.hasLogin }) { keys.append("$transport_name") }
        if services.contains(where: { $0.logins == .senders }) {
            keys += ["$transport_name/$sender_address", "$transport_name/@$sender_address_domain"]
        }
        return keys.reversed().reduce("fail") { rest, key in lookup(key, in: file, orElse: rest) }
    }

    private func listed(_ service: EximService, _ path: String) -> String {
        let end =
            service.smarthost.login == nil
            ? "fail" : lookup(service.smarthostKey, in: site.file(.logins), orElse: "fail")
        return (["$sender_address"] + EximSendersList.domainKeys).reversed().reduce(end) { rest, key in
            lookup(key, in: path, orElse: rest)
        }
    }

    /// The rows of the file of logins.
    var logins: [(key: String, login: Login)] {
        var rows: [(key: String, login: Login)] = []
        for service in services {
            if let login = service.smarthost.login, service.logins != .senders,
                !rows.contains(where: { $0.key == service.smarthostKey })
            {
                let twins = EximService(smarthost: service.smarthost, logins: .smarthost)
                rows += transportNames(of: twins).map { ($0, login) }
            }
            guard service.logins == .senders else { continue }
            for row in routes.senders where row.route == .via(service.smarthost) {
                guard let login = row.login else { continue }
                rows += transportNames(of: service).map { ("\($0)/\(row.sender.description)", login) }
            }
        }
        return rows
    }
}

extension EximService {
    /// The row with the smarthost's own login.
    fileprivate var smarthostKey: String { EximService(smarthost: smarthost, logins: .smarthost).name }
}
