import Foundation
import Testing

extension RealHosts {
    /// Kerio Connect's relay rules, on its stand-in on Linux and on Windows: `Tests/Lab/kerio`.
    @Suite(.serialized, .enabled(if: !KerioLab.hosts.isEmpty, "the lab is up without kerio")) struct KerioTests {
        @Test(
            arguments: KerioLab.hosts,
            [("clean", nil), ("relay", nil), ("clean", "out@example.com"), ("no-tls", "out@example.com")]
        )
        func `rules come first, are as asked then, and go again`(
            host: String,
            asked: (model: String, login: String?)
        ) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare(asked.model)
            let bench = try Workbench()
            let (playbook, inventory) = (try kerio.playbook(bench, login: asked.login), try kerio.inventory(bench))
            let before = try await kerio.rules()

            let plan = try await kerio.mtactl("plan", playbook, "--json", inventory: inventory)
            #expect(plan.outcomes() == [host: "would-change"], "\(plan)")
            #expect(try await kerio.rules() == before, "planning touches nothing")
            let applied = try await kerio.mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")

            let again = try await kerio.mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let checked = try await kerio.mtactl("check", playbook, "--json", inventory: inventory)
            #expect(checked.status == 0, "\(checked)")
            let kept = try await kerio.mtactl("backups", "list", inventory: inventory)
            #expect(kept.output.contains("confirmed"), "\(kept)")

            let back = try await kerio.mtactl("rollback", "--yes", "--json", inventory: inventory)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await kerio.rules() == before)
        }

        @Test(arguments: KerioLab.hosts)
        func `a password with every awkward character gets there`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("clean")
            let bench = try Workbench()

            let applied = try await kerio.mtactl(
                "apply",
                try kerio.playbook(bench, login: "awkward"),
                "--yes",
                "--json",
                inventory: try kerio.inventory(bench),
                password: Lab.awkwardPassword
            )

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test(arguments: KerioLab.hosts)
        func `a password that the smarthost refuses leaves all as it was`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("relay")
            let bench = try Workbench()
            let before = try await kerio.rules()

            let applied = try await kerio.mtactl(
                "apply",
                try kerio.playbook(bench, login: "out@example.com"),
                "--yes",
                "--json",
                inventory: try kerio.inventory(bench),
                password: "wrong"
            )

            #expect(applied.outcomes() == [host: "rolled-back"], "\(applied)")
            #expect(try await kerio.rules() == before)
        }

        @Test(arguments: KerioLab.hosts)
        func `a rule whose password nobody gave keeps it`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("login")
            let bench = try Workbench()
            let before = try await Lab.on(host, "cat /opt/kerio/mailserver/mailserver.cfg")

            let applied = try await kerio.mtactl(
                "apply",
                try kerio.playbook(bench),
                "--yes",
                "--json",
                inventory: try kerio.inventory(bench)
            )

            #expect(applied.outcomes() == [host: "refused"], "\(applied)")
            #expect(applied.description.contains("would erase its password"))
            #expect(try await Lab.on(host, "cat /opt/kerio/mailserver/mailserver.cfg") == before)
        }

        @Test(arguments: KerioLab.hosts)
        func `rows become rules, and the passwords of others stay where they are given`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("several")
            let bench = try Workbench()
            let given =
                "The boss: env:OTHER_PASSWORD, Old provider: env:TEST_PASSWORD, All but ours: env:FILTER_PASSWORD"
            let inventory = try kerio.inventory(bench, more: ", rule-passwords: {\(given)}")
            let playbook = try kerio.playbook(
                bench,
                login: "out@example.com",
                routes:
                    "{default: filter, bounces: default, recipients: {remote.test: filter}, senders: {\"@example.com\": filter}}"
            )
            // With a hash of each password.
            let before = try await Lab.on(host, "stand-in tree")

            let applied = try await kerio.mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            let again = try await kerio.mtactl("plan", playbook, "--json", inventory: inventory)
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let back = try await kerio.mtactl("rollback", "--yes", "--json", inventory: inventory)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await Lab.on(host, "stand-in tree") == before)
        }

        @Test(arguments: KerioLab.hosts)
        func `a session that expires in the middle is begun again`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("clean")
            try await Lab.on(host, "stand-in expire-after 3")
            let bench = try Workbench()

            let applied = try await kerio.mtactl(
                "apply",
                try kerio.playbook(bench),
                "--yes",
                "--json",
                inventory: try kerio.inventory(bench)
            )

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test(arguments: KerioLab.hosts)
        func `a run that was killed is found by the next mtactl, which puts it back`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("relay")
            try await Lab.on(host, "stand-in delivery off")
            let bench = try Workbench()
            let (playbook, inventory) = (try kerio.playbook(bench), try kerio.inventory(bench))
            let before = try await kerio.rules()

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: "test message",
                then: "kill -9 $pid",
                inventory: inventory,
                environment: try kerio.environment(),
                in: bench
            )

            #expect(killed.status == 137, "\(killed)")
            #expect(try await kerio.rules().contains { $0.contains(" pending ") })
            try await Lab.on(host, "stand-in delivery on")

            let refused = try await kerio.mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(refused.outcomes() == [host: "refused"], "\(refused)")
            #expect(refused.description.contains("mtactl rollback"))
            let back = try await kerio.mtactl("rollback", "--yes", "--json", inventory: inventory)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await kerio.rules() == before)
            let applied = try await kerio.mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test(arguments: KerioLab.hosts)
        func `before 9 there is no list, and that is said`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("clean")
            try await Lab.on(host, "stand-in release 8")
            let bench = try Workbench()

            let plan = try await kerio.mtactl(
                "plan",
                try kerio.playbook(bench),
                "--json",
                inventory: try kerio.inventory(bench)
            )

            #expect(plan.outcomes() == [host: "refused"], "\(plan)")
            #expect(plan.description.contains("by hand"))
        }

        @Test(arguments: KerioLab.hosts, [("viewer", "its role is `Auditor`"), ("alice", "does not let the account")])
        func `an account without the rights is refused, and that is said`(
            host: String,
            account: (name: String, words: String)
        ) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("relay")
            let bench = try Workbench()
            let before = try await kerio.rules()

            let applied = try await kerio.mtactl(
                "apply",
                try kerio.playbook(bench),
                "--yes",
                "--json",
                inventory: try kerio.inventory(bench, account: account.name)
            )

            #expect(applied.outcomes() == [host: "refused"], "\(applied)")
            #expect(applied.said("reason", of: host).contains(account.words), "\(applied)")
            #expect(!applied.said("hint", of: host).isEmpty, "\(applied)")
            #expect(try await kerio.rules() == before)
        }

        @Test(arguments: KerioLab.hosts)
        func `without an account of the administration nothing is planned`(host: String) async throws {
            let kerio = KerioHost(host)
            try await kerio.prepare("clean")
            let bench = try Workbench()

            let plan = try await kerio.mtactl(
                "plan",
                try kerio.playbook(bench),
                "--json",
                inventory: try bench.inventory([host: kerio.address])
            )

            #expect(plan.outcomes() == [host: "refused"], "\(plan)")
            #expect(plan.description.contains("admin-login"))
        }
    }
}
