import MTAPlan
import Support
import Testing

@testable import MailServers

/// No plan grows faster than n log n in rows of the playbook, or in rows, domains and files of the host.
///
/// `make laws` plans with ten thousand of each, `make unit` with fewer: there only what costs much for each pair shows.
@Suite(.serialized) struct GrowthTests {
    /// What there is ten thousand of.
    struct Burden: Sendable, CustomTestStringConvertible {
        var fixture: String
        var what: String
        var routes: @Sendable (Int) -> Routes
        var host: @Sendable (inout Facts, Int) -> Void = { _, _ in }
        /// Fewer of what each costs a file of its own; a sixteenth where the laws are not looked at in full.
        var count = 10_000
        var sample: Int { Laws.areFull ? count : count / 16 }
        var testDescription: String { "\(fixture): \(what)" }
    }

    private static let filter = Route.via(FixtureRoutes.filter)
    private static let open = Route.via(
        Smarthost(name: "open", hosts: ["relay.example.net"], port: 25, tls: .none)
    )
    /// With TLS from the start, which is what a qmail that logs in demands.
    private static let early = Route.via(
        Smarthost(
            name: "filter",
            hosts: ["outgoing.example.net"],
            port: 465,
            login: Login(username: "out@example.com", password: .environment("FILTER"))
        )
    )
    private static let everyone: @Sendable (Int) -> Routes = { _ in Routes(defaultRoute: filter) }
    private static let bounced: @Sendable (Int) -> Routes = { _ in Routes(defaultRoute: filter, bounces: .default) }
    private static let byOpen: @Sendable (Int) -> Routes = { _ in Routes(defaultRoute: open, bounces: .default) }
    private static let byAddress: @Sendable (Int) -> Routes = { count in
        var routes = plainRecipients(count)
        (routes.defaultRoute, routes.bounces) = (open, .default)
        return routes
    }

    private static let recipients: @Sendable (Int) -> Routes = { count in
        Routes(
            recipients: (0..<count).map { number in
                RecipientRow(
                    domain: number.isMultiple(of: 2)
                        ? .exactly("r\(number).example") : .subdomains(of: "r\(number).example"),
                    route: filter
                )
            }
        )
    }

    private static let plainRecipients: @Sendable (Int) -> Routes = { count in
        Routes(
            recipients: (0..<count).map {
                RecipientRow(domain: .exactly("r\($0).example"), route: open)
            }
        )
    }

    private static let senders: @Sendable (Int) -> Routes = { count in
        Routes(senders: (0..<count).map { SenderRow(sender: .domain("s\($0).example"), route: filter) })
    }

    private static let logins: @Sendable (Int) -> Routes = { withLogins($0, via: filter) }
    private static let earlyLogins: @Sendable (Int) -> Routes = { withLogins($0, via: early) }

    private static func withLogins(_ count: Int, via route: Route) -> Routes {
        Routes(
            senders: (0..<count).map {
                SenderRow(
                    sender: .domain("s\($0).example"),
                    route: route,
                    login: Login(username: "u\($0)", password: .environment("FILTER"))
                )
            }
        )
    }

    private static func file(_ path: String, _ head: String = "", _ row: @escaping @Sendable (Int) -> String)
        -> @Sendable (inout Facts, Int) -> Void
    {
        { facts, count in
            let text = head + (0..<count).map { row($0) + "\n" }.joined()
            var found =
                facts.file(path)
                ?? FoundFile(realPath: path, bytes: [], mode: FileMode(rawValue: 0o644), owner: "root", group: "root")
            found.bytes = Array(text.utf8)
            facts.files[path] = .file(found)
        }
    }

    /// Accounts that are used by their names alone, as a `from` of their own would take mail.
    private static func accounts(_ most: Int = .max) -> @Sendable (inout Facts, Int) -> Void {
        { facts, count in
            let write = file("/etc/msmtprc") { "account a\($0)\nhost a\($0).example" }
            write(&facts, min(count, most))
        }
    }

    /// Router files of a split configuration, each with a router for one domain.
    private static let routerFiles: @Sendable (inout Facts, Int) -> Void = { facts, count in
        let folder = "/etc/exim4/conf.d/router/"
        var paths = (facts.text("exim.sources") ?? "").split(separator: "\n").map(String.init)
        // After the one with `begin routers`, which sorts first.
        let place = (paths.firstIndex { $0.hasPrefix(folder) } ?? 0) + 1
        var names = facts.text("exim.routers") ?? ""
        for number in 0..<count {
            let path = "\(folder)100_\(100_000 + number)"
            let text =
                "own\(number):\n  driver = manualroute\n  domains = d\(number).example\n  transport = remote_smtp\n"
                + "  route_list = * a.example byname\n"
            facts.files[path] = .file(
                FoundFile(
                    realPath: path,
                    bytes: Array(text.utf8),
                    mode: FileMode(rawValue: 0o644),
                    owner: "root",
                    group: "root"
                )
            )
            paths.insert(path, at: place + number)
            names += "\nown\(number)"
        }
        facts.answers["exim.sources"]?.output = Array(paths.map { $0 + "\n" }.joined().utf8)
        facts.answers["exim.routers"]?.output = Array(names.utf8)
    }

    /// A router of the host's own with hosts for many domains.
    private static let routeList: @Sendable (inout Facts, Int) -> Void = { facts, count in
        let path = "/etc/exim4/exim4.conf"
        let rows = (0..<count).map { "r\($0).example a.example byname" }.joined(separator: " ; ")
        let router =
            "begin routers\nrelayed:\n  driver = manualroute\n  domains = ! +local_domains\n"
            + "  transport = remote_smtp\n  route_list = \(rows)\n"
        guard var found = facts.file(path) else { return }
        found.bytes = Array(found.bytes.text.replacing("begin routers\n", with: router).utf8)
        facts.files[path] = .file(found)
        facts.answers["exim.routers"]?.output += Array("\nrelayed\n".utf8)
    }

    private static let postfix = [
        Burden(fixture: "Postfix/nothing-asked", what: "rows by recipient", routes: recipients),
        Burden(fixture: "Postfix/nothing-asked", what: "rows by sender", routes: senders),
        Burden(fixture: "Postfix/nothing-asked", what: "logins by sender", routes: logins),
        Burden(fixture: "Exim/nothing-asked", what: "rows by recipient", routes: recipients),
        Burden(fixture: "Exim/nothing-asked", what: "rows by sender", routes: senders),
        Burden(fixture: "Exim/nothing-asked", what: "logins by sender", routes: logins),
        Burden(
            fixture: "Exim/all-by-address-one-file-bookworm",
            what: "rows of a route_list",
            routes: everyone,
            host: routeList
        ),
        Burden(
            fixture: "Exim/split-routes-taken-back",
            what: "files",
            routes: everyone,
            host: routerFiles,
            count: 2_000
        ),
    ]

    private static let sendmail = [
        Burden(fixture: "Sendmail/nothing-asked", what: "rows by recipient", routes: recipients),
        Burden(fixture: "Sendmail/nothing-asked", what: "rows by sender", routes: senders),
        Burden(
            fixture: "Sendmail/foreign-routes",
            what: "rows of the mailertable",
            routes: recipients,
            host: file("/etc/mail/mailertable") { "m\($0).example esmtp:[a.example]" }
        ),
        Burden(fixture: "Sendmail/nothing-asked", what: "domains", routes: recipients) { facts, count in
            let old = facts.text("sendmail.names") ?? ""
            let names = old + "\n" + (0..<count).map { "d\($0).example\n" }.joined()
            facts.answers["sendmail.names"]?.output = Array(names.utf8)
        },
    ]

    private static let opensmtpd = [
        Burden(fixture: "OpenSMTPD/nothing-asked", what: "rows by recipient", routes: recipients),
        Burden(fixture: "OpenSMTPD/nothing-asked", what: "rows by sender", routes: senders),
        Burden(fixture: "OpenSMTPD/nothing-asked", what: "logins by sender", routes: logins),
        Burden(
            fixture: "OpenSMTPD/nothing-asked",
            what: "rules",
            routes: everyone,
            host: file(
                "/etc/smtpd.conf",
                "action \"local\" mbox\naction \"relay\" relay\nmatch from local for any action \"relay\"\n"
            ) { "match from any for domain \"d\($0).example\" action \"local\"" }
        ),
        Burden(fixture: "OpenSMTPD/nothing-asked", what: "domains", routes: recipients) { facts, count in
            let conf =
                "table own file:/etc/own\naction \"local\" mbox\naction \"relay\" relay\n"
                + "match from any for domain <own> action \"local\"\nmatch from local for any action \"relay\"\n"
            file("/etc/smtpd.conf", conf) { _ in "" }(&facts, 0)
            file("/etc/own") { "d\($0).example" }(&facts, count)
        },
    ]

    private static let qmail = [
        Burden(fixture: "Qmail/nothing-asked", what: "rows by recipient", routes: plainRecipients),
        Burden(fixture: "Qmail/nothing-asked", what: "domains", routes: byAddress) { facts, count in
            let folder = "/var/qmail/control"
            file("\(folder)/virtualdomains") { "c\($0).example:c\($0).example" }(&facts, count)
            file("\(folder)/morercpthosts") { "c\($0).example" }(&facts, count)
            file("\(folder)/rcpthosts") { "p\($0).example" }(&facts, count)
            file("\(folder)/smtproutes") { "o\($0).example:relay.example" }(&facts, count)
        },
        Burden(fixture: "Qmail/senders-with-logins", what: "logins by sender", routes: earlyLogins),
    ]

    private static let forwarders = [
        Burden(fixture: "Msmtp/nothing-asked", what: "rows by sender", routes: senders, host: accounts(1)),
        Burden(fixture: "Msmtp/nothing-asked", what: "logins by sender", routes: logins, host: accounts(1)),
        Burden(
            fixture: "Msmtp/nothing-asked",
            what: "accounts",
            routes: bounced,
            host: accounts()
        ),
        Burden(
            fixture: "Nullmailer/nothing-asked",
            what: "remotes",
            routes: bounced,
            host: file("/etc/nullmailer/remotes") { "a\($0).example smtp --port=587" }
        ),
        Burden(
            fixture: "DMA/nothing-asked",
            what: "logins of others",
            routes: bounced,
            host: file("/etc/dma/auth.conf") { "me|a\($0).example:one" }
        ),
        Burden(
            fixture: "SSMTP/nothing-asked",
            what: "senders",
            routes: byOpen,
            host: file("/etc/ssmtp/revaliases") { "u\($0):me@a\($0).example" }
        ),
    ]

    private static let panels = ["CPanel/everyone", "DirectAdmin/everyone"].flatMap { fixture in
        [
            Burden(fixture: fixture, what: "rows by recipient", routes: recipients),
            Burden(fixture: fixture, what: "domains", routes: recipients) { facts, count in
                facts.answers["exim.local"] = Facts.Answer(
                    output: Array((0..<count).map { "d\($0).example\n" }.joined().utf8)
                )
            },
        ]
    }

    private static let burdens: [Burden] = postfix + sendmail + opensmtpd + qmail + forwarders + panels

    @Test(arguments: burdens)
    func `eight times as many take far less than sixty-four times the processor time`(_ burden: Burden) throws {
        let (few, many) = (burden.sample / 8, burden.sample)
        let short = try (0..<3).map { _ in try Self.duration(burden, few) }.min() ?? .zero
        let long = try Self.duration(burden, many)

        // What grows with the square takes sixty-four times as long, n log n eleven times.
        #expect(long < short * 28 + .milliseconds(20), "\(few): \(short), \(many): \(long)")
    }

    private static func duration(_ burden: Burden, _ count: Int) throws -> Duration {
        let parts = burden.fixture.split(separator: "/").map(String.init)
        let fixture = try #require(try Fixture.all(of: parts[0].lowercased()).first { $0.name == parts[1] })
        let products = Catalog.products.compactMap { $0 as? any MailServer }
        let server = try #require(products.first { $0.name == parts[0].lowercased() })
        var facts = fixture.facts
        burden.host(&facts, count)
        let routes = burden.routes(count)
        return try processorTime {
            let proposal = try server.proposal(
                for: routes,
                extras: ServerExtras(),
                given: facts,
                secrets: FixtureRoutes.secrets
            )
            let found = server.differential(of: proposal, for: routes, given: facts, probing: [])
            #expect(found?.objection(to: routes, by: server.glossary(for: routes)) == nil)
        }
    }
}
