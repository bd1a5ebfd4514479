import Foundation
import Testing

extension RealHosts {
    /// A whole life of IceWarp's relay server on Windows, where `tool.exe` reads and writes it: `Tests/Lab/icewarp`.
    @Suite(.enabled(if: IceWarpLab.isUpOnWindows, "the lab is up without icewarp-win")) struct IceWarpOnWindowsTests {
        private static let host = "icewarp-win"
        private static let passwords = [
            "UNQUOTED_PASSWORD": #"b!c'd$e\f{g}^h%i#j&k"#, "SPARING_PASSWORD": #"b!c'd"e$f\g{h}^i%j#k&l"#,
            "AWKWARD_PASSWORD": Lab.awkwardPassword,
        ]

        /// What the tool says, with a password where there is one, and what is on the host.
        private struct State: Equatable {
            var settings: String
            var files: Set<String>

            static func now() async throws -> State {
                let settings = try await Lab.on(host, "'/C:/Program Files/IceWarp/tool.exe' display system 'C_Mail_*'")
                let files = try await Lab.tree(host).filter { row in
                    !["C:/ProgramData", "/var/lib/", "registry", "IceWarp/logs"].contains { row.contains($0) }
                }
                return State(settings: settings, files: Set(files))
            }

            static func expect(_ before: State, sourceLocation: SourceLocation = #_sourceLocation) async throws {
                let now = try await now()
                #expect(now.settings == before.settings, sourceLocation: sourceLocation)
                #expect(now.files.symmetricDifference(before.files).sorted() == [], sourceLocation: sourceLocation)
            }
        }

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

        private static func run(_ words: String...) async throws -> Lab.Ended {
            let ended = try await Lab.mtactl(words + ["--json"], environment: passwords)
            for secret in Array(passwords.values) + ["secret of out"] {
                #expect(!ended.description.contains(secret), "a password is in what mtactl says")
            }
            return ended
        }

        private static func begin(_ model: String) async throws -> (bench: Workbench, before: State) {
            try await Lab.reset(host)
            try await Lab.on(host, "stand-in model \(model)")
            return (try Workbench(), try await State.now())
        }

        private static func process() async throws -> String { try await Lab.on(host, "pgrep -f '[i]cewarp.service'") }

        @Test(
            arguments: ["clean", "login", "two", "fall-back", "left-over", "no-tls", "routes"],
            [nil, "unquoted"] as [String?]
        )
        func `a relay server is set, proved, as asked then, and put back`(model: String, login: String?) async throws {
            let (bench, before) = try await Self.begin(model)
            let playbook = try Self.playbook(bench, login: login)
            let old = try await IceWarpLab.way(from: Self.host)

            let planned = try await Self.run("plan", playbook)
            #expect(planned.outcomes() == [Self.host: "would-change"], "\(planned)")
            try await State.expect(before)

            let applied = try await Self.run("apply", playbook, "--yes")
            #expect(applied.outcomes() == [Self.host: "committed"], "\(applied)")
            #expect(try await IceWarpLab.way(from: Self.host) == .smarthost(port: 587, login: login))

            let (settled, process) = (try await State.now(), try await Self.process())
            let again = try await Self.run("apply", playbook, "--yes")
            #expect(again.outcomes() == [Self.host: "as-asked"], "\(again)")
            let checked = try await Self.run("check", playbook)
            #expect(checked.status == 0, "\(checked)")
            try await State.expect(settled)
            #expect(try await Self.process() == process, "the second run restarted it")

            let back = try await Self.run("rollback", "--yes", "-l", Self.host)
            #expect(back.outcomes() == [Self.host: "rolled-back"], "\(back)")
            try await State.expect(before)
            #expect(try await IceWarpLab.way(from: Self.host) == old)
        }

        @Test func `what tool.exe cannot be given is refused, and so is TLS that cannot be had`() async throws {
            let (bench, before) = try await Self.begin("left-over")

            for playbook in [
                try Self.playbook(bench, login: "awkward"), try Self.playbook(bench, login: "sparing"),
                try Self.playbook(bench, tls: "required"), try Self.playbook(bench, tls: "verified"),
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
            let (bench, before) = try await Self.begin("fall-back")
            try await Lab.on(Self.host, "stand-in log-form \(form)")

            let applied = try await Lab.mtactl(
                ["apply", try Self.playbook(bench, login: "unquoted"), "--yes", "--json"],
                environment: ["UNQUOTED_PASSWORD": "wrong"]
            )

            #expect(applied.outcomes() == [Self.host: "rolled-back"], "\(applied)")
            #expect(applied.said("reason", of: Self.host).contains("535"), "\(applied)")
            try await State.expect(before)
            #expect(try await Lab.on(Self.host, "stand-in queue").isEmpty)
        }

        @Test func `a service that does not come back is told, and the settings are put back`() async throws {
            let (bench, before) = try await Self.begin("clean")
            try await Lab.on(Self.host, "stand-in restart fails")

            let applied = try await Self.run("apply", try Self.playbook(bench), "--yes")
            try await Lab.on(Self.host, "stand-in restart works")
            let back = try await Self.run("rollback", "--yes", "-l", Self.host)

            #expect(applied.outcomes() == [Self.host: "stranded"], "\(applied)")
            #expect(back.outcomes() == [Self.host: "rolled-back"], "\(back)")
            try await State.expect(before)
            #expect(try await IceWarpLab.way(from: Self.host) == .internet)
        }

        @Test func `with mtactl killed, the host puts itself back when its time is over`() async throws {
            let (bench, before) = try await Self.begin("login")
            let playbook = try Self.playbook(bench, revertAfter: "50s")

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: "restarting IceWarpSMTP",
                then: "kill -9 $pid",
                in: bench
            )
            #expect(killed.status == 137, "\(killed)")
            try await Lab.on(
                Self.host,
                "for i in $(seq 900); do test -e /C:/ProgramData/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )

            try await State.expect(before)
            #expect(
                try await IceWarpLab.way(from: Self.host) == .smarthost(port: 587, login: "out@example.com")
            )
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
