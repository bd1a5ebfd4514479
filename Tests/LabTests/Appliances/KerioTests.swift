import Foundation
import Testing

extension RealHosts {
    /// Kerio Connect's relay rules, on its stand-in: `Tests/Lab/kerio`.
    @Suite(.enabled(if: KerioLab.isUp, "the lab is up without kerio")) struct KerioTests {
        private let host = "kerio"

        /// An inventory that says how its administration is reached, so that a rollback without a playbook can too.
        private func inventory(_ bench: Workbench, more: String = "") throws -> String {
            try bench.inventory([
                host:
                    "address: 198.18.1.72, kerio: {admin-login: {username: admin, password: env:KERIO_ADMIN_PASSWORD}\(more)}"
            ])
        }

        private func playbook(
            _ bench: Workbench,
            login: String? = nil,
            routes: String = "{default: filter, bounces: default}"
        ) throws -> String {
            let login =
                login.map { ", port: 587, login: {username: \($0), password: env:FILTER_PASSWORD}" } ?? ", port: 2525"
            return try bench.playbook(
                hosts: host,
                smarthost: "{host: outgoing.example.net, tls: opportunistic\(login)}",
                routes: routes,
                patience: "60s"
            )
        }

        private func environment(_ password: String = "secret of out") throws -> [String: String] {
            [
                "KERIO_ADMIN_PASSWORD": try Self.admin, "FILTER_PASSWORD": password, "OTHER_PASSWORD": "secret of boss",
                "TEST_PASSWORD": "secret of test",
            ]
        }

        private static var admin: String {
            get throws {
                try Lab.text(of: "\(Lab.folder)/kerio-password").trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }

        private func mtactl(
            _ words: String...,
            inventory: String,
            password: String = "secret of out"
        ) async throws -> Lab.Ended {
            let ended = try await Lab.mtactl(words, inventory: inventory, environment: try environment(password))
            #expect(!ended.description.contains(try Self.admin))
            #expect(!ended.description.contains(password))
            return ended
        }

        /// The rules in mailserver.cfg, but for their ids, which are new with each list.
        private func rules() async throws -> [String] {
            try await Lab.on(host, "stand-in rules").split(separator: "\n").map {
                String($0.replacing(/keriodb:[^",]*/, with: "ID"))
            }
        }

        private func prepare(_ model: String) async throws {
            try await Lab.reset(host)
            try await Lab.on(host, "stand-in model \(model)")
        }

        @Test(arguments: [("clean", nil), ("relay", nil), ("clean", "out@example.com"), ("no-tls", "out@example.com")])
        func `rules come first, are as asked then, and go again`(model: String, login: String?) async throws {
            try await prepare(model)
            let bench = try Workbench()
            let (playbook, inventory) = (try playbook(bench, login: login), try inventory(bench))
            let before = try await rules()

            let plan = try await mtactl("plan", playbook, "--json", inventory: inventory)
            #expect(plan.outcomes() == [host: "would-change"], "\(plan)")
            #expect(try await rules() == before, "planning touches nothing")
            let applied = try await mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")

            let again = try await mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let checked = try await mtactl("check", playbook, "--json", inventory: inventory)
            #expect(checked.status == 0, "\(checked)")
            let kept = try await mtactl("backups", "list", inventory: inventory)
            #expect(kept.output.contains("confirmed"), "\(kept)")

            let back = try await mtactl("rollback", "--yes", "--json", inventory: inventory)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await rules() == before)
        }

        @Test func `a password with every awkward character gets there`() async throws {
            try await prepare("clean")
            let bench = try Workbench()

            let applied = try await mtactl(
                "apply",
                try playbook(bench, login: "awkward"),
                "--yes",
                "--json",
                inventory: try inventory(bench),
                password: Lab.awkwardPassword
            )

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test func `a password that the smarthost refuses leaves all as it was`() async throws {
            try await prepare("relay")
            let bench = try Workbench()
            let before = try await rules()

            let applied = try await mtactl(
                "apply",
                try playbook(bench, login: "out@example.com"),
                "--yes",
                "--json",
                inventory: try inventory(bench),
                password: "wrong"
            )

            #expect(applied.outcomes() == [host: "rolled-back"], "\(applied)")
            #expect(try await rules() == before)
        }

        @Test func `a rule whose password nobody gave keeps it`() async throws {
            try await prepare("login")
            let bench = try Workbench()
            let before = try await Lab.on(host, "cat /opt/kerio/mailserver/mailserver.cfg")

            let applied = try await mtactl(
                "apply",
                try playbook(bench),
                "--yes",
                "--json",
                inventory: try inventory(bench)
            )

            #expect(applied.outcomes() == [host: "refused"], "\(applied)")
            #expect(applied.description.contains("would erase its password"))
            #expect(try await Lab.on(host, "cat /opt/kerio/mailserver/mailserver.cfg") == before)
        }

        @Test func `rows become rules, and the passwords of others stay where they are given`() async throws {
            try await prepare("several")
            let bench = try Workbench()
            let given =
                "The boss: env:OTHER_PASSWORD, Old provider: env:TEST_PASSWORD, All but ours: env:FILTER_PASSWORD"
            let inventory = try inventory(bench, more: ", rule-passwords: {\(given)}")
            let playbook = try playbook(
                bench,
                login: "out@example.com",
                routes:
                    "{default: filter, bounces: default, recipients: {remote.test: filter}, senders: {\"@example.com\": filter}}"
            )
            // With a hash of each password.
            let before = try await Lab.on(host, "stand-in tree")

            let applied = try await mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            let again = try await mtactl("plan", playbook, "--json", inventory: inventory)
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let back = try await mtactl("rollback", "--yes", "--json", inventory: inventory)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await Lab.on(host, "stand-in tree") == before)
        }

        @Test func `a session that expires in the middle is begun again`() async throws {
            try await prepare("clean")
            try await Lab.on(host, "stand-in expire-after 3")
            let bench = try Workbench()

            let applied = try await mtactl(
                "apply",
                try playbook(bench),
                "--yes",
                "--json",
                inventory: try inventory(bench)
            )

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test func `a run that was killed is found by the next mtactl, which puts it back`() async throws {
            try await prepare("relay")
            try await Lab.on(host, "stand-in delivery off")
            let bench = try Workbench()
            let (playbook, inventory) = (try playbook(bench), try inventory(bench))
            let before = try await rules()

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: "test message",
                then: "kill -9 $pid",
                inventory: inventory,
                environment: try environment(),
                in: bench
            )

            #expect(killed.status == 137, "\(killed)")
            #expect(try await rules().contains { $0.contains(" pending ") })
            try await Lab.on(host, "stand-in delivery on")

            let refused = try await mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(refused.outcomes() == [host: "refused"], "\(refused)")
            #expect(refused.description.contains("mtactl rollback"))
            let back = try await mtactl("rollback", "--yes", "--json", inventory: inventory)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await rules() == before)
            let applied = try await mtactl("apply", playbook, "--yes", "--json", inventory: inventory)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test func `before 9 there is no list, and that is said`() async throws {
            try await prepare("clean")
            try await Lab.on(host, "stand-in release 8")
            let bench = try Workbench()

            let plan = try await mtactl("plan", try playbook(bench), "--json", inventory: try inventory(bench))

            #expect(plan.outcomes() == [host: "refused"], "\(plan)")
            #expect(plan.description.contains("by hand"))
        }

        @Test func `without an account of the administration nothing is planned`() async throws {
            try await prepare("clean")
            let bench = try Workbench()

            let plan = try await mtactl(
                "plan",
                try playbook(bench),
                "--json",
                inventory: try bench.inventory([host: "address: 198.18.1.72"])
            )

            #expect(plan.outcomes() == [host: "refused"], "\(plan)")
            #expect(plan.description.contains("admin-login"))
        }
    }
}

enum KerioLab {
    /// Whether the lab that is up has a stand-in for Kerio Connect.
    static var isUp: Bool { Lab.isUp && (try? Lab.hosts().contains("kerio")) == true }
}
