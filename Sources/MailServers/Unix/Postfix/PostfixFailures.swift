import MTAPlan

extension Failure {
    static let localDomains = Failure(
        "postfix cannot send mail for its own domains through a smarthost without a loop, as it cannot route by client",
        hint: "write `local-domains: keep`; Exim can do this"
    )
    static func tooOld(_ version: String) -> Failure {
        Failure("postfix \(version) is older than 3.0", hint: "upgrade Postfix; 3.0 was released in 2015")
    }
    static let notRunning = Failure(
        "postfix is not running, so no route could be proved",
        hint: "start it with `postfix start`, or through its service"
    )
    static func unfitName(_ name: String) -> Failure {
        Failure(
            "`\(name.escaped)` cannot be part of a service name in master.cf",
            hint: "name the smarthost with letters, digits, `-` and `_`"
        )
    }
    static func unfitHost(_ name: String) -> Failure {
        Failure(
            "the smarthost `\(name)` has no host, or one that is neither a host name nor an address",
            hint: "write `host: outgoing.example.net`, without brackets and port"
        )
    }
    static func severalHosts(_ name: String) -> Failure {
        Failure(
            "the smarthost `\(name)` has several hosts, which Postfix supports from 3.5 on",
            hint: "give one host, or a name with several addresses"
        )
    }
    static func verifiedAddress(_ name: String, _ address: String) -> Failure {
        Failure(
            "the certificate of the smarthost `\(name)` cannot be verified against the address \(address)",
            hint: "give the host's name, or write `tls: required`"
        )
    }
    static func noBundle(_ name: String) -> Failure {
        Failure(
            "there is no CA bundle to verify the certificate of the smarthost `\(name)` with",
            hint: "install ca-certificates, set `smtp_tls_CAfile` in main.cf, or write `tls: required`"
        )
    }
    static func unfitUser(_ user: String) -> Failure {
        Failure(
            "postfix cannot store the user name `\(user.escaped)`: it is empty, or has a `:`, a line break or a leading space",
            hint: "ask the smarthost's operator for another user name"
        )
    }
    static func unfitPassword(_ login: Login, _ why: String) -> Failure {
        Failure(
            "postfix cannot store the password of `\(login.username.escaped)` (\(login.password)): it \(why)",
            hint: "check what \(login.password) contains, or have the password changed"
        )
    }
    static let noSASL = Failure(
        "this Postfix is built without SASL, so it cannot log in",
        hint:
            "install a Postfix whose `postconf -A` prints `cyrus`, or have the smarthost accept the host by its address"
    )
    static func noPlugins(_ package: String) -> Failure {
        Failure(
            "the SASL plug-ins for PLAIN and LOGIN are missing, so every message that needs the login would wait",
            hint: "install \(package) on the host"
        )
    }
    static func noClient(_ path: String) -> Failure {
        Failure(
            "there is no `smtp unix` service for mail that goes direct",
            hint: "put Postfix's own line back",
            at: path
        )
    }
    static func foreignService(_ path: String, _ service: MasterCF.Service) -> Failure {
        Failure(
            "the service `\(service.name.escaped)` is outside the markers `# BEGIN mtactl` and `# END mtactl`",
            hint: "remove it, or rename it",
            at: "\(path):\(service.line)"
        )
    }
    static func ownSetting(_ path: String, _ service: MasterCF.Service, _ name: String) -> Failure {
        Failure(
            "the service `\(service.name.escaped)` has its own `\(name)`, so main.cf has no effect",
            hint: "remove `-o \(name)=…` from the service",
            at: "\(path):\(service.line)"
        )
    }
    static func wildcard(_ table: String, _ value: String) -> Failure {
        Failure(
            "transport_maps sends all recipients to `\(value.escaped)` by `\(table.escaped)`, which takes precedence over "
                + "the default route and every sender",
            hint: "remove that on the host, or use `recipients` only"
        )
    }
    static func notDirect(_ row: SenderRow, _ name: String, _ relay: String) -> Failure {
        Failure(
            "mail from `\(row.sender.key.escaped)` is to go direct, but \(name), `\(relay.escaped)`, would still take it",
            hint: "write a `default` route too, which replaces \(name), or empty \(name) on the host"
        )
    }
    static func instances(_ folder: String, _ others: [String]) -> Failure {
        Failure(
            "this host has \(others.count + 1) Postfix instances, `\(folder.escaped)` and \(others.map { "`\($0.escaped)`" }.joined(separator: ", ")); mtactl cannot tell which of them sends mail",
            hint:
                "`postmulti -l` lists them; give the one that sends mail its route by hand, and exclude the host with --limit"
        )
    }
    static let parentDomains = Failure(
        "`parent_domain_matches_subdomains` has `transport_maps`, so a row for a domain also takes its subdomains",
        hint: "remove `transport_maps` from `parent_domain_matches_subdomains` on the host"
    )
    static func opaqueSenders(_ table: String) -> Failure {
        Failure(
            "sender_dependent_default_transport_maps has `\(table.escaped)`, which may take precedence over the playbook's rows",
            hint: "remove it on the host, and write its senders into the playbook"
        )
    }
    static func foreignSender(_ table: String, _ row: PostfixTable.Row) -> Failure {
        Failure(
            "`\(row.key.escaped)` has a route of its own, `\(row.value.escaped)`, in `\(table.escaped)`, which would take precedence over "
                + "the playbook's",
            hint: "give `\(row.key.escaped)` a row under `senders`, or "
                + (table.contains("/plesk/")
                    ? "have Plesk send all mail from one address, Tools & Settings > Mail Server Settings"
                    : "remove the table from sender_dependent_default_transport_maps on the host")
        )
    }
}

/// What os-release(5) says, as far as it decides what a package is called.
struct OperatingSystem {
    private let names: Set<String>

    init(_ facts: Facts) {
        let file = facts.file("/etc/os-release") ?? facts.file("/usr/lib/os-release")
        let lines = (file?.bytes ?? []).split(separator: 0x0A).map(\.text)
        let values = lines.filter { $0.hasPrefix("ID=") || $0.hasPrefix("ID_LIKE=") }
            .flatMap { $0.split(separator: "=")[1].split { !$0.isLetter } }
        names = Set(values.map { $0.lowercased() })
    }

    var saslPackage: String {
        if !names.isDisjoint(with: ["debian", "ubuntu"]) { return "libsasl2-modules" }
        if !names.isDisjoint(with: ["rhel", "fedora", "centos", "suse", "opensuse", "sles"]) {
            return "cyrus-sasl-plain"
        }
        return "the Cyrus SASL plug-ins for PLAIN and LOGIN (libsasl2-modules, cyrus-sasl-plain or cyrus-sasl)"
    }
}
