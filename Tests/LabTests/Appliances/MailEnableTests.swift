import Foundation
import Testing

extension RealHosts {
    /// A whole life of MailEnable's smart host, on the stand-in for MailEnable, whose registry has other names at each `lab up`.
    @Suite(.enabled(if: MailEnableLab.isUp, "the lab is up without mailenable")) struct MailEnableTests {
        private static let host = "mailenable"
        private static let passwords = [
            "SPARING_PASSWORD": #"b!c'd"e$f\g{h}^i%j#k&l"#, "AWKWARD_PASSWORD": Lab.awkwardPassword,
        ]

        /// What the SMTP connector's key has, and what is on the host.
        private struct State: Equatable {
            var registry: String
            var files: Set<String>

            static func now() async throws -> State {
                let key = #"HKLM\SOFTWARE\WOW6432Node\Mail Enable\Mail Enable\Connectors\SMTP"#
                let registry = try await Lab.on(
                    host,
                    "stand-in export '\(key)' | iconv -f utf-16 -t utf-8 | sed '/Counters\\]/,/^[[:space:]]*$/d'"
                )
                let files = try await Lab.tree(host).filter { row in
                    !["C:/ProgramData", "C:/Program Files", "/var/lib/windows", "registry"].contains {
                        row.contains($0)
                    }
                }
                return State(registry: registry, files: Set(files))
            }
        }

        private static func playbook(
            _ bench: Workbench,
            profile: String,
            login: String? = nil,
            tls: String = "opportunistic",
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
                    mailenable: {profile: \(profile)}
                verify: {to: postmaster@remote.test, from: sender@hosted.test, within: 60s}
                rollout: {waves: [100%], max-failures: 100%\(revert)}

                """
            )
        }

        private static func way() async throws -> Letter.Way? {
            let id = "letter-\(UInt64.random(in: .min ... .max))@lab.test"
            let place = try Recorded.place()
            try await Lab.on(
                host,
                """
                python3 -c "
                import smtplib
                text = 'Message-ID: <\(id)>\\r\\nFrom: <a@hosted.test>\\r\\nTo: <b@remote.test>\\r\\n\\r\\ntext\\r\\n'
                smtplib.SMTP('127.0.0.1', 25).sendmail('alice@hosted.test', ['b@remote.test'], text)
                "
                """
            )
            return try await Recorded.messages([id], since: place, within: 40)[id]?.first?.way
        }

        private static func run(_ words: String...) async throws -> Lab.Ended {
            let ended = try await Lab.mtactl(words + ["--json"], environment: passwords)
            for secret in Array(passwords.values) + ["secret of out"] {
                #expect(!ended.description.contains(secret), "a password is in what mtactl says")
            }
            return ended
        }

        /// The model with a profile of this `lab up`.
        private static func begin(_ model: String) async throws -> (bench: Workbench, profile: String, before: State) {
            try await Lab.reset(host)
            let bench = try Workbench()
            let (profile, ended) = try await MailEnableLab.profile(bench)
            try #require(ended.status == 0, "\(ended)")
            try await Lab.on(host, "stand-in model \(model)")
            if model == "clean" {
                // Values that were never there are not written: the operator presses OK once.
                try await Lab.on(host, "stand-in smarthost relay.example.net; stand-in smarthost off")
            }
            return (bench, profile, try await State.now())
        }

        @Test func `a profile has the names, types and words that this MailEnable has`() async throws {
            try await Lab.reset(Self.host)
            let bench = try Workbench()

            let (file, ended) = try await MailEnableLab.profile(bench)

            #expect(ended.status == 0, "\(ended)")
            let text = try Lab.text(of: file)
            let drawn = try await Lab.on(Self.host, "stand-in drawn")
            let truth = try JSONSerialization.jsonObject(with: Data(drawn.utf8)) as? [String: Any] ?? [:]
            let names = truth["names"] as? [String: String] ?? [:]
            #expect(names.count == 6)
            for (field, name) in names {
                #expect(text.contains("  \(field): {name: \"\(name)\""), "\(field) is `\(name)`: \(text)")
            }
        }

        @Test(arguments: ["clean", "smarthost", "login", "unticked"], [nil, "sparing", "awkward"] as [String?])
        func `a smart host is set, proved, as asked then, and put back`(model: String, login: String?) async throws {
            let (bench, profile, before) = try await Self.begin(model)
            let playbook = try Self.playbook(bench, profile: profile, login: login)

            let planned = try await Self.run("plan", playbook)
            #expect(planned.outcomes() == [Self.host: "would-change"], "\(planned)")
            #expect(try await State.now() == before, "planning touches nothing")

            let applied = try await Self.run("apply", playbook, "--yes")
            #expect(applied.outcomes() == [Self.host: "committed"], "\(applied)")
            #expect(try await Self.way() == .smarthost(port: 587, login: login))

            let again = try await Self.run("apply", playbook, "--yes")
            #expect(again.outcomes() == [Self.host: "as-asked"], "\(again)")
            let checked = try await Self.run("check", playbook)
            #expect(checked.status == 0, "\(checked)")

            let back = try await Self.run("rollback", "--yes", "-l", Self.host)
            #expect(back.outcomes() == [Self.host: "rolled-back"], "\(back)")
            #expect(try await State.now() == before)
        }

        @Test func `TLS that cannot be had is refused, and so is a host without a profile`() async throws {
            let (bench, profile, before) = try await Self.begin("clean")

            for tls in ["required", "verified"] {
                let refused = try await Self.run("apply", try Self.playbook(bench, profile: profile, tls: tls), "--yes")
                #expect(refused.outcomes() == [Self.host: "refused"], "\(refused)")
            }
            #expect(try await State.now() == before)
        }

        @Test func `a login that the smarthost refuses puts all back`() async throws {
            let (bench, profile, before) = try await Self.begin("login")

            let applied = try await Lab.mtactl(
                ["apply", try Self.playbook(bench, profile: profile, login: "sparing"), "--yes", "--json"],
                environment: ["SPARING_PASSWORD": "wrong"]
            )

            #expect(applied.outcomes() == [Self.host: "rolled-back"], "\(applied)")
            #expect(applied.said("reason", of: Self.host).contains("535"), "\(applied)")
            #expect(try await State.now() == before)
            #expect(try await Lab.on(Self.host, "stand-in queue").isEmpty)
        }

        @Test func `an SMTP service that does not come back is put back`() async throws {
            let (bench, profile, before) = try await Self.begin("clean")
            try await Lab.on(Self.host, "stand-in start broken")

            let applied = try await Self.run("apply", try Self.playbook(bench, profile: profile), "--yes")
            try await Lab.on(Self.host, "stand-in start ok")

            #expect(["rolled-back", "stranded"].contains(applied.outcomes()[Self.host] ?? ""), "\(applied)")
            #expect(try await State.now() == before)
        }

        @Test func `with mtactl killed, the host puts itself back when its time is over`() async throws {
            let (bench, profile, before) = try await Self.begin("smarthost")
            let playbook = try Self.playbook(bench, profile: profile, revertAfter: "70s")

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: "restarting MESMTPCS",
                then: "kill -9 $pid",
                in: bench
            )
            #expect(killed.status == 137, "\(killed)")
            try await Lab.on(
                Self.host,
                "for i in $(seq 900); do test -e /C:/ProgramData/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )

            #expect(try await State.now() == before)
            #expect(try await Self.way() == .smarthost(port: 25, login: nil))
        }
    }
}
