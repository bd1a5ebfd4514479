import Testing

/// One of the walkthroughs that the project began with, as a playbook on the lab's smarthosts.
struct Walkthrough: Sendable, CustomTestStringConvertible {
    /// As the table has it: `001 by address, port 587`.
    var title: String
    /// The organisation that it begins with, and what of it is otherwise.
    var model = "clean"
    var given: [String] = []
    /// As YAML.
    ///
    /// `HOST` in it is the server's own name.
    var smarthost: String
    var routes = "{default: filter, bounces: default}"
    var settings: String
    var to = "postmaster@remote.test"
    /// Where the test message arrives.
    var way: Way
    /// Words of the reason where a release has to refuse it, or put it back.
    var refusals: [String: String] = [:]
    var putBack: String?

    struct Way: Sendable {
        var server: String
        var port: Int
        var login: String?
        var hasTLS = true
    }

    var testDescription: String { title }

    func playbook(for host: String) -> String {
        """
        smarthosts: {filter: \(smarthost)}
        plays:
          - name: \(title)
            hosts: \(host)
            mta: exchange
            routes: \(routes)
            exchange: \(settings(for: host))
        verify: {to: \(to), from: sender@example.com, within: 40s}

        """
    }

    /// An Edge server knows neither source servers nor scopes.
    private func settings(for host: String) -> String {
        let own = host == "exchedge" ? ["scoped: true", "source-servers: [HOST]"] : []
        let words = settings.dropFirst().dropLast().components(of: ", ").filter { !own.contains($0) }
        return "{\(words.joined(separator: ", "))}".replacing("HOST", with: host.uppercased())
    }

    private static let byAddress = Way(server: "relay.example.net", port: 587, login: nil)
    private static let loggedIn = Way(server: "outgoing.example.net", port: 587, login: "out@example.com")
    private static let login = "login: {username: out@example.com, password: env:FILTER_PASSWORD}"
    /// The connector for all mail sends to another smarthost.
    private static let old = [
        #"change Internet SmartHosts '["outgoing2.example.net"]'"#, "change Internet DNSRoutingEnabled false",
    ]
    private static let unverified = ["exch07": "Exchange 2007 has no TlsAuthLevel"]

    static let all: [Walkthrough] =
        [
            Walkthrough(
                title: "000 the smarthost of the connector for all mail",
                model: "dns",
                given: old,
                smarthost: "{host: relay.example.net, port: 25, tls: opportunistic}",
                settings: "{}",
                way: Way(server: "relay.example.net", port: 25, login: nil)
            ),
            Walkthrough(
                title: "001 by address, port 587",
                model: "dns",
                given: old,
                smarthost: "{host: relay.example.net, port: 587, tls: opportunistic}",
                settings: "{}",
                way: byAddress
            ),
            Walkthrough(
                title: "001 with a user name",
                model: "dns",
                given: old,
                smarthost: "{host: outgoing.example.net, port: 587, tls: required, \(login)}",
                settings: "{}",
                way: loggedIn
            ),
            Walkthrough(
                title: "001 a new connector",
                smarthost: "{host: relay.example.net, port: 587, tls: opportunistic}",
                settings: "{connector: SpamExpertsOutFiltering, usage: internet}",
                way: byAddress
            ),
            Walkthrough(
                title: "001 only to certain domains",
                model: "dns",
                smarthost: "{host: relay.example.net, port: 587, tls: opportunistic}",
                routes: "{recipients: {example.org: filter}}",
                settings: "{}",
                to: "postmaster@example.org",
                way: byAddress
            ),
            Walkthrough(
                title: "002 two smarthosts, others switched off",
                model: "two",
                smarthost:
                    "{provider: mimecast, hosts: [outgoing.example.net, outgoing2.example.net], port: 2525, tls: opportunistic}",
                settings: "{connector: Outbound Mail to Mimecast, replace-others: disable}",
                way: Way(server: "outgoing", port: 2525, login: nil)
            ),
        ] + mechanisms + [
            Walkthrough(
                title: "004 MailRoute",
                smarthost: "{provider: mailroute, host: relay.example.net, port: 25, tls: opportunistic}",
                settings: "{connector: MailRoute Outbound}",
                way: Way(server: "relay.example.net", port: 25, login: nil)
            )
        ]

    private static let mechanisms = [
        mechanism("none", "{host: relay.example.net, port: 587, tls: required}", byAddress),
        mechanism("basic", "{host: outgoing.example.net, port: 587, tls: required, \(login)}", loggedIn),
        mechanism(
            "basic-require-tls",
            "{host: outgoing.example.net, port: 587, tls: verified, \(login)}",
            loggedIn,
            refusals: unverified
        ),
        mechanism(
            "exchange-server",
            "{host: relay.example.net, port: 587, tls: required}",
            byAddress,
            putBack: "Cannot achieve Exchange Server authentication"
        ), mechanism("external", "{host: relay.example.net, port: 587, tls: required}", byAddress),
    ]

    private static func mechanism(
        _ name: String,
        _ smarthost: String,
        _ way: Way,
        refusals: [String: String] = [:],
        putBack: String? = nil
    ) -> Walkthrough {
        Walkthrough(
            title: "003 \(name), scoped",
            smarthost: smarthost,
            settings:
                "{connector: Smart host to Internet, scoped: true, source-servers: [HOST], authentication: \(name)}",
            way: way,
            refusals: refusals,
            putBack: putBack
        )
    }
}

extension Substring {
    fileprivate func components(of separator: String) -> [String] {
        isEmpty ? [] : split(separator: separator).map(String.init)
    }
}
