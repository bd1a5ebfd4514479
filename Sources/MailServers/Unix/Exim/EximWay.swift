import MTAPlan

/// The expression that finds the way of a message: the name of a service, or `direct`.
///
/// Recipients beat senders, which beat the default; an address beats its domain, a row of the playbook beats the list
/// that others maintain.
///
/// Source: Exim specification, chapter 9, "File and database lookups": `lsearch*@` tries `*@domain` after the address;
/// nwildlsearch takes the first row that fits.
struct EximWay: Sendable {
    let routes: Routes
    let site: EximSite

    var expression: String {
        let sender = routes.bounces == .direct ? guarded(bySender) : bySender
        guard !routes.recipients.isEmpty else { return sender }
        return lookup("$domain", "nwildlsearch", site.file(.recipients), "$value", orElse: sender)
    }

    private var `default`: String {
        guard case .via(let smarthost) = routes.defaultRoute else { return "direct" }
        return EximService(smarthost: smarthost, logins: .smarthost).way
    }

    private func guarded(_ way: String) -> String {
        way == "direct" ? way : "${if def:sender_address {\(broken(way))} {direct}}"
    }

    private var bySender: String {
        let rows = site.file(.senders)
        guard let file = routes.sendersFile else {
            if routes.senders.isEmpty { return self.default }
            return lookup("$sender_address", "lsearch*@", rows, "$value", orElse: self.default)
        }
        let listed = EximService(smarthost: file.smarthost, logins: file.logins.map { .file($0) } ?? .smarthost).way
        var way = self.default
        for key in EximSendersList.domainKeys.reversed() {
            way = lookup(key, "lsearch", file.path, listed, orElse: way)
        }
        if !routes.senders.isEmpty { way = lookup("*@$sender_address_domain", "lsearch", rows, "$value", orElse: way) }
        way = lookup("$sender_address", "lsearch", file.path, listed, orElse: way)
        if !routes.senders.isEmpty { way = lookup("$sender_address", "lsearch", rows, "$value", orElse: way) }
        return way
    }

    private func lookup(_ key: String, _ type: String, _ file: String, _ value: String, orElse: String) -> String {
        "${lookup {\(key)} \(type) {\(file)} {\(value)} {\(broken(orElse))}}"
    }

    /// An expression inside another one begins on a line of its own.
    private func broken(_ expression: String) -> String {
        expression.hasPrefix("$") ? "\\\n    \(expression)" : expression
    }
}
