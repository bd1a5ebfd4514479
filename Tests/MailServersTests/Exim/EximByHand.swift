import MTAPlan
import Support
import Testing

@testable import MailServers

/// A host with an Exim in one file, written for one question.
struct EximByHand {
    var main = ""
    var routers: String
    var transports: String
    var macros: [String] = []

    static let dns = """
        dnslookup:
          driver = dnslookup
          domains = ! +local_domains
          transport = remote_smtp
          no_more

        """

    init(main: String = "", routers: String, transports: String = "", macros: [String] = []) {
        (self.main, self.routers, self.macros) = (main, routers, macros)
        self.transports = "remote_smtp:\n  driver = smtp\n\n" + transports
    }

    var text: String {
        """
        domainlist local_domains = @ : localhost
        domainlist relay_to_domains =
        \(main)

        begin routers

        \(routers)

        system_aliases:
          driver = redirect
          domains = +local_domains
          data = ${lookup{$local_part}lsearch{/etc/aliases}}

        localuser:
          driver = accept
          domains = +local_domains
          check_local_user
          transport = local_delivery

        begin transports

        \(transports)

        local_delivery:
          driver = appendfile
          file = /var/mail/$local_part_data

        begin retry
        * * F,2h,15m

        begin authenticators

        """
    }

    static let path = "/etc/exim4/exim4.conf"

    var facts: Facts {
        let answers = [
            "mta.programs": "exim", "mta.version.exim": "Exim version 4.96 #2", "exim.program": "/usr/sbin/exim4",
            "exim.values":
                "\(Self.path)\nexim_user = Debian-exim\nexim_group = Debian-exim\nspool_directory = /var/spool/exim4",
            "exim.lists": "domainlist local_domains = @ : localhost\ndomainlist relay_to_domains = ",
            "exim.macros": macros.joined(separator: "\n"), "host.name": "host.example",
        ]
        return Facts(
            files: [
                Self.path: .file(
                    FoundFile(
                        realPath: Self.path,
                        bytes: Array(text.utf8),
                        mode: FileMode(rawValue: 0o644),
                        owner: "root",
                        group: "root"
                    )
                )
            ],
            answers: answers.mapValues { Facts.Answer(output: Array("\($0)\n".utf8)) }
        )
    }

    static func driver(_ name: String, _ options: String...) -> String {
        "\(name):\n" + options.map { "  \($0)\n" }.joined() + "\n"
    }

    /// The routers in their order, without those for the host's own mail.
    func order() throws -> [String] {
        let plan = try plan(Routes(defaultRoute: .via(FixtureRoutes.filter), bounces: .default))
        let after = try #require(plan.after, "\(plan.words)")
        return after.names(in: "routers").filter { !["system_aliases", "localuser"].contains($0) }
    }

    /// What a plan for these routes comes to: the configuration as it would be, or why it is refused.
    func plan(_ routes: Routes = FixtureRoutes.everyone(via: FixtureRoutes.filter)) throws -> (
        after: EximStructure?, words: String
    ) {
        let plan = Planner(catalog: [Exim()]).plan(
            Play(name: "all", hosts: "all", mta: .named("exim"), routes: routes),
            verify: nil,
            for: "host1",
            mta: .auto,
            facts: facts,
            secrets: FixtureRoutes.secrets
        )
        switch plan.disposition {
        case .refused(let failure): return (nil, "\(failure)")
        case .change(_, .posix(let work)):
            let after = facts.after(work)
            return (try EximHost(after).structure, plan.notes.joined(separator: "\n"))
        default: return (nil, "nothing to change")
        }
    }
}

extension EximStructure {
    func router(_ name: String) -> Driver? { allDrivers(in: "routers").first { $0.name == name } }
    func transport(_ name: String) -> Driver? { allDrivers(in: "transports").first { $0.name == name } }
    func names(in section: String) -> [String] { allDrivers(in: section).map(\.name) }
}
