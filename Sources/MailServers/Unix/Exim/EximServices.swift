import MTAPlan

/// What the router, the transport and the logins of one way to a smarthost have in common: a name.
///
/// A smarthost that some senders use with a login of their own has two transports: one that sends many messages over
/// one connection, and one that does not, as Exim would send the second message under the first one's login.
struct EximService: Sendable, Hashable {
    enum Logins: Sendable, Hashable {
        /// The smarthost's own, or none.
        case smarthost
        /// One for each sender that has a login in the playbook.
        case senders
        /// Those of a file on the host that others maintain; senders that are not in it use the smarthost's own.
        case file(String)
    }

    let smarthost: Smarthost
    let logins: Logins

    /// The name of the router and of the transport: `mtactl_filter`, `mtactl_filter_senders`.
    var name: String { "mtactl_\(way)" }

    /// The way as our lookup files have it: `filter`.
    var way: String {
        // Names of drivers are of letters, digits and underscores: readconf_readname in readconf.c.
        let base = smarthost.name.replacing("-", with: "_")
        return switch logins {
        case .smarthost: base
        case .senders: "\(base)_senders"
        case .file: "\(base)_file"
        }
    }

    var hasLogin: Bool { smarthost.login != nil || logins != .smarthost }
}

extension Routes {
    /// Every way that some mail is to take, each once, in the order of the playbook.
    var eximServices: [EximService] {
        var all: [EximService] = []
        let use = { (route: Route, logins: EximService.Logins) in
            guard case .via(let smarthost) = route else { return }
            let service = EximService(smarthost: smarthost, logins: logins)
            if !all.contains(service) { all.append(service) }
        }
        use(defaultRoute, .smarthost)
        for row in recipients { use(row.route, .smarthost) }
        for row in senders { use(row.route, row.login == nil ? .smarthost : .senders) }
        if let file = sendersFile { use(.via(file.smarthost), file.logins.map { .file($0) } ?? .smarthost) }
        return all
    }
}
