import Foundation
import Testing

extension RealHosts {
    /// A whole life of IceWarp's relay server, on the stand-in for IceWarp on Linux: `Tests/Lab/icewarp`.
    @Suite(.enabled(if: IceWarpLab.isUp, "the lab is up without icewarp")) struct IceWarpTests {
        private static let host = "icewarp"
        private static let byAddress = Letter.Way.smarthost(port: 587, login: nil)
        private static let loggedIn = Letter.Way.smarthost(port: 587, login: "sparing")
        private static let passwords = [
            "SPARING_PASSWORD": #"b!c'd"e$f\g{h}^i%j#k&l"#, "AWKWARD_PASSWORD": Lab.awkwardPassword,
        ]
        /// Of the stand-in's models.
        private static let oldPassword = "secret of out"

        /// How the host answers, and what is on it.
        private struct State: Equatable {
            var settings: String
            var files: Set<String>

            static func now() async throws -> State {
                let files = try await Lab.tree(host).filter { row in
                    !["/var/backups", "/opt/icewarp/logs", "/var/lib/icewarp-stand-in.json"].contains {
                        row.hasPrefix($0)
                    }
                }
                return State(settings: try await Lab.on(host, "stand-in settings"), files: Set(files))
            }

            static func expect(_ before: State, sourceLocation: SourceLocation = #_sourceLocation) async throws {
                let now = try await now()
                #expect(now.settings == before.settings, sourceLocation: sourceLocation)
                #expect(now.files.symmetricDifference(before.files).sorted() == [], sourceLocation: sourceLocation)
            }
        }

        // MARK: What is asked

        private static func playbook(
            _ bench: Workbench,
            login: String? = nil,
            tls: String = "opportunistic",
            use: String = "always",
            revertAfter: String? = nil
        ) throws -> String {
            let login = login.map { "\n    login: {username: \($0), password: env:\($0.uppercased())_PASSWORD}" } ?? ""
            let revert = revertAfter.map { ", revert-after: \($0)" } ?? ""
            return try bench.write(
                "\(UUID().uuidString).yml",
                """
                smarthosts:
                  filter:
                    host: \(login.isEmpty ? "relay" : "outgoing").example.net
                    port: 587
                    tls: \(tls)\(login)
                plays:
                  - name: test
                    hosts: \(host)
                    routes: {default: filter, bounces: default}
                    icewarp: {use: \(use)}
                verify: {to: postmaster@remote.test, from: sender@example.com, within: 40s}
                rollout: {waves: [100%], max-failures: 100%\(revert)}

                """
            )
        }

        /// Hands a message in as a client on the host does, and looks where it arrives.
        private static func way() async throws -> Letter.Way? {
            let id = "letter-\(UInt64.random(in: .min ... .max))@lab.test"
            let place = try Recorded.place()
            try await Lab.on(
                host,
                """
                python3 -c "
                import smtplib
                text = 'Message-ID: <\(id)>\\r\\nFrom: <a@lab.test>\\r\\nTo: <b@remote.test>\\r\\n\\r\\ntext\\r\\n'
                smtplib.SMTP('127.0.0.1', 25).sendmail('a@example.com', ['b@remote.test'], text)
                "
                """
            )
            return try await Recorded.messages([id], since: place, within: 30)[id]?.first?.way
        }

        private static func run(_ words: String...) async throws -> Lab.Ended {
            let ended = try await Lab.mtactl(words + ["--json"], environment: passwords)
            for secret in Array(passwords.values) + [oldPassword] {
                #expect(!ended.description.contains(secret), "a password is in what mtactl says")
            }
            return ended
        }

        private static func begin(_ model: String) async throws -> (bench: Workbench, before: State) {
            try await Lab.reset(host)
            try await Lab.on(host, "stand-in model \(model)")
            return (try Workbench(), try await State.now())
        }

        /// What its log has of starts: the service that listens, by its process.
        private static func process() async throws -> String {
            try await Lab.on(host, "pgrep -f '[i]cewarp.service'")
        }

        // MARK: Tests

        @Test(arguments: ["clean", "login", "two", "fall-back", "left-over", "no-tls", "routes"])
        func `a relay server that knows the host by its address is set, proved, as asked then, and put back`(
            model: String
        ) async throws {
            let (bench, before) = try await Self.begin(model)
            let old = try await Self.way()

            try await Self.life(try Self.playbook(bench), through: Self.byAddress, before)

            #expect(try await Self.way() == old)
        }

        @Test(arguments: ["clean", "login"])
        func `the same with a login, whose password has all that the syntax can hold`(model: String) async throws {
            let (bench, before) = try await Self.begin(model)

            try await Self.life(try Self.playbook(bench, login: "sparing"), through: Self.loggedIn, before)
        }

        /// Plan, apply, a letter, apply again, check, rollback.
        private static func life(_ playbook: String, through way: Letter.Way, _ before: State) async throws {
            let planned = try await run("plan", playbook)
            #expect(planned.outcomes() == [host: "would-change"], "\(planned)")
            #expect(try await State.now() == before, "planning touches nothing")

            let applied = try await run("apply", playbook, "--yes")
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(try await Self.way() == way)

            let (settled, process) = (try await State.now(), try await process())
            let again = try await run("apply", playbook, "--yes")
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let checked = try await run("check", playbook)
            #expect(checked.status == 0, "\(checked)")
            #expect(try await State.now() == settled)
            #expect(try await Self.process() == process, "the second run restarted it")

            let back = try await run("rollback", "--yes", "-l", host)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            try await State.expect(before)
        }

        @Test func `a password that the syntax cannot hold is refused, and so is TLS that cannot be had`() async throws
        {
            let (bench, before) = try await Self.begin("left-over")

            for playbook in [
                try Self.playbook(bench, login: "awkward"), try Self.playbook(bench, tls: "required"),
                try Self.playbook(bench, tls: "verified"),
            ] {
                let applied = try await Self.run("apply", playbook, "--yes")
                #expect(applied.outcomes() == [Self.host: "refused"], "\(applied)")
                #expect(!applied.said("hint", of: Self.host).isEmpty)
            }

            try await State.expect(before)
        }

        @Test func `neither facts nor check say the password that the host has`() async throws {
            let (bench, _) = try await Self.begin("login")

            let facts = try await Self.run("facts", "-l", Self.host)
            let checked = try await Self.run("check", try Self.playbook(bench), "--no-send")

            #expect(facts.description.contains("out@example.com"), "\(facts)")
            #expect(checked.status == 2, "\(checked)")
        }

        @Test(arguments: ["current", "article"])
        func `a login that the smarthost refuses puts all back, and leaves nothing in the queue`(
            form: String
        ) async throws {
            let (bench, _) = try await Self.begin("fall-back")
            try await Lab.on(Self.host, "stand-in log-form \(form)")
            let before = try await State.now()

            let applied = try await Lab.mtactl(
                ["apply", try Self.playbook(bench, login: "sparing"), "--yes", "--json"],
                environment: ["SPARING_PASSWORD": "wrong"]
            )

            #expect(applied.outcomes() == [Self.host: "rolled-back"], "\(applied)")
            #expect(applied.said("reason", of: Self.host).contains("535"), "\(applied)")
            try await State.expect(before)
            #expect(try await Lab.on(Self.host, "stand-in queue").isEmpty)
        }

        @Test func `an smtp module that does not come back is told, and put back once it does`() async throws {
            let (bench, _) = try await Self.begin("clean")
            try await Lab.on(Self.host, "stand-in restart works")
            let before = try await State.now()
            try await Lab.on(Self.host, "stand-in restart fails")

            let applied = try await Self.run("apply", try Self.playbook(bench), "--yes")
            try await Lab.on(Self.host, "stand-in restart works")
            let back = try await Self.run("rollback", "--yes", "-l", Self.host)

            #expect(applied.outcomes() == [Self.host: "stranded"], "\(applied)")
            #expect(back.outcomes() == [Self.host: "rolled-back"], "\(back)")
            try await State.expect(before)
            #expect(try await Self.way() == .internet)
        }

        @Test func `mail that cannot be delivered directly takes the relay server, where that is asked for`()
            async throws
        {
            let (bench, before) = try await Self.begin("clean")

            let applied = try await Self.run("apply", try Self.playbook(bench, use: "when-direct-fails"), "--yes")
            #expect(applied.outcomes() == [Self.host: "committed"], "\(applied)")
            #expect(try await Self.way() == .internet)

            let back = try await Self.run("rollback", "--yes", "-l", Self.host)
            #expect(back.outcomes() == [Self.host: "rolled-back"], "\(back)")
            try await State.expect(before)
        }

        @Test func `with mtactl killed, the host puts itself back when its time is over`() async throws {
            let (bench, before) = try await Self.begin("login")
            let playbook = try Self.playbook(bench, revertAfter: "50s")

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: "set C_Mail_SMTP_General_RelayMailServer",
                then: "kill -9 $pid",
                in: bench
            )
            #expect(killed.status == 137, "\(killed)")
            try await Lab.on(
                Self.host,
                "for i in $(seq 600); do test -e /var/backups/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )

            try await State.expect(before)
            #expect(try await Self.way() == .smarthost(port: 587, login: "out@example.com"))
        }

        @Test func `at the console, with nothing but sh, the settings are put back`() async throws {
            let (bench, before) = try await Self.begin("login")
            let applied = try await Self.run("apply", try Self.playbook(bench, login: "sparing"), "--yes")
            let run = applied.said("backup", of: Self.host).split(separator: "/").last.map(String.init) ?? ""

            let said = try await Lab.on(Self.host, "cd / && sh /var/backups/mtactl/\(run)/restore")
            let closed = try await Lab.on(Self.host, "stat -c %a /var/backups/mtactl/\(run)")

            #expect(said.hasSuffix("\(run) is undone\n"), "\(said)")
            #expect(!said.contains(Self.oldPassword))
            #expect(closed == "700\n")
            try await State.expect(before)
            #expect(try await Self.way() == .smarthost(port: 587, login: "out@example.com"))
        }

        @Test func `what another administrator set since is drift, and no rollback writes over it unasked`()
            async throws
        {
            let (bench, _) = try await Self.begin("clean")
            let playbook = try Self.playbook(bench)
            _ = try await Self.run("apply", playbook, "--yes")
            try await Lab.on(Self.host, "stand-in change C_Mail_SMTP_General_RelayMailServer other.example.net")

            let checked = try await Self.run("check", playbook, "--no-send")
            let back = try await Self.run("rollback", "--yes", "-l", Self.host)

            #expect(checked.status == 2, "\(checked)")
            #expect(back.outcomes() == [Self.host: "refused"], "\(back)")
        }
    }
}

enum IceWarpLab {
    /// Whether the lab that is up has the stand-in for IceWarp.
    static var isUp: Bool { Lab.isUp && ((try? Lab.hosts())?.contains("icewarp") ?? false) }
}
