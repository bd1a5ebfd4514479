import MTAPlan

/// The rows that wanted routes come to, without line feeds.
struct QmailRoutes {
    /// Of `control/smtproutes`.
    let routes: [Content]
    /// Of `control/authsenders`.
    let senders: [Content]
    /// Keys of rows that leave mail for domains as it is which the host takes in to pass on.
    let exceptions: [String]

    init(_ wanted: Routes, on host: QmailHost) {
        exceptions = Self.exceptions(to: wanted, on: host)
        var rows = wanted.recipients.map { Self.row($0.domain.smtproutesKey, $0.route, host.build) }
        let theirs = host.routes.withoutOurs
        rows += exceptions.map { key in
            // What takes it today may be a row for all domains, which ours comes before.
            Content([.bytes(Array("\(key):".utf8) + (theirs.row(forDomain: key)?.value ?? []))])
        }
        if case .via = wanted.defaultRoute { rows.append(Self.row("", wanted.defaultRoute, host.build)) }
        routes = rows
        senders = wanted.senders.map { Self.row($0.sender.authsendersKey, $0.route, host.build, login: $0.login) }
    }

    /// An empty relay stands for the domain's own mail servers, and in `authsenders` for what `smtproutes` says.
    private static func row(_ key: String, _ route: Route, _ build: QmailBuild, login: Login? = nil) -> Content {
        guard case .via(let smarthost) = route else { return Content("\(key):") }
        let relay = "\(key):\(smarthost.hosts[0]):\(smarthost.port)"
        guard let login = login ?? smarthost.login else { return Content(relay) }
        let mark = build.logins == .blanks ? " " : "|"
        return Content([.bytes(Array("\(relay)\(mark)\(login.username)\(mark)".utf8)), .secret(login.password, .plain)])
    }

    /// As a backup MX the host would send such mail to the smarthost, whose business it is not.
    private static func exceptions(to wanted: Routes, on host: QmailHost) -> [String] {
        let asked = Set(wanted.recipients.map(\.domain.smtproutesKey))
        let theirs = Set(host.routes.rows.filter { !$0.isOurs }.map(\.key))
        let isAll = wanted.defaultRoute != .direct
        let covered = Set(
            wanted.recipients.compactMap { row -> Substring? in
                guard case .subdomains(let domain) = row.domain, row.route != .direct else { return nil }
                return ".\(domain)"[...]
            }
        )
        return host.passedOn.filter { key in
            let isCovered = key.indices.contains {
                $0 > key.startIndex && key[$0] == "." && covered.contains(key[$0...])
            }
            return (isAll || isCovered) && !asked.contains(key) && !theirs.contains(key)
        }
    }
}

extension DomainPattern {
    /// qmail-remote(8), smtproutes: a key with a leading dot stands for all that is below, and not for the domain itself.
    var smtproutesKey: String {
        switch self {
        case .exactly(let domain): domain
        case .subdomains(let domain): ".\(domain)"
        }
    }
}

extension SenderPattern {
    /// qmail-remote(8) of builds with `authsenders`.
    var authsendersKey: String {
        switch self {
        case .address(let address): address.lowercased()
        case .domain(let domain): "@\(domain)"
        }
    }
}
