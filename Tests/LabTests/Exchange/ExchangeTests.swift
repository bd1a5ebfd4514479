import Foundation
import Testing

extension RealHosts {
    /// What Exchange organisations have of their own: stored logins, connectors of others, several servers, two hops.
    @Suite(.enabled(if: ExchangeLab.isUp, "the lab is up without a stand-in for Exchange"))
    struct ExchangeTests {
        private func playbook(
            _ bench: Workbench,
            hosts: String,
            settings: String = "{connector: Smart host to Internet}",
            smarthost: String = """
            {host: outgoing.example.net, port: 587, tls: required, \
            login: {username: out@example.com, password: env:FILTER_PASSWORD}}
            """,
            patience: String = "40s",
            rollout: String = "{}"
        ) throws -> String {
            try bench.write(
                "playbook-\(UUID().uuidString).yml",
                """
                smarthosts: {filter: \(smarthost)}
                plays:
                  - {name: test, hosts: "\(hosts)", routes: {default: filter, bounces: default}, exchange: \(settings)}
                verify: {to: postmaster@remote.test, from: sender@example.com, within: \(patience)}
                rollout: \(rollout)

                """
            )
        }

        @Test func `a stored login is never written over, and mail takes it again after a rollback`() async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "login")
            let before = try await ExchangeLab.connectors(of: host)
            let playbook = try playbook(
                bench,
                hosts: host,
                settings: "{}",
                smarthost: "{host: relay.example.net, port: 587, tls: required}"
            )

            let applied = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(applied.notes(of: host).contains { $0.contains("\"Outbound filter\" has a stored login") })
            let between = try await ExchangeLab.connectors(of: host)
            #expect(between.count == before.count + 1, "a new one stands beside it")
            #expect(Self.logins(between) == Self.logins(before), "the stored password is the same")

            let place = try Recorded.place()
            let back = try await ExchangeLab.mtactl("rollback", "--yes", "--json", "-l", host)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await ExchangeLab.connectors(of: host) == before)
            let letter = try await ExchangeLab.letter(on: host)
            let arrived = try await Recorded.messages([letter], since: place, within: 30)
            #expect(arrived[letter]?.first?.login == "out@example.com", "\(arrived)")
        }

        /// The hashes of the passwords that are stored.
        private static func logins(_ connectors: [String]) -> [String] {
            connectors.compactMap { $0.firstMatch(of: /"login": "([0-9a-f]+)"/).map { String($0.1) } }
        }

        @Test func `a connector that takes the mail makes the proof fail and is named, unless it is switched off`()
            async throws
        {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "two")
            let before = try await ExchangeLab.connectors(of: host)

            let warned = try await ExchangeLab.mtactl(
                "apply",
                try playbook(bench, hosts: host),
                "--yes",
                "--json"
            )
            #expect(warned.outcomes() == [host: "rolled-back"], "\(warned)")
            #expect(warned.said("reason", of: host).contains("left through outgoing2.example.net"), "\(warned)")
            #expect(warned.notes(of: host).contains { $0.hasPrefix("\"Archive gateway\" is enabled too") }, "\(warned)")
            #expect(try await ExchangeLab.connectors(of: host) == before)

            let settings = "{connector: Smart host to Internet, replace-others: disable}"
            let disabled = try await ExchangeLab.mtactl(
                "apply",
                try playbook(bench, hosts: host, settings: settings),
                "--yes",
                "--json"
            )
            #expect(disabled.outcomes() == [host: "committed"], "\(disabled)")
        }

        @Test(arguments: [
            ("hybrid", "\"Outbound to Office 365\", which belongs to a hybrid deployment"),
            ("edgesync", "\"EdgeSync - Default-First-Site-Name to Internet\", which Edge servers send through"),
            ("edgesync", "\"EdgeSync - Inbound to Default-First-Site-Name\", which EdgeSync manages"),
        ])
        func `what others keep is named and not touched`(model: String, note: String) async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: model)
            let kept = { (rows: [String]) in rows.filter { $0.contains("EdgeSync - ") || $0.contains("Office 365") } }
            let before = kept(try await ExchangeLab.connectors(of: host))
            let settings = "{connector: Smart host to Internet, replace-others: disable}"

            let applied = try await ExchangeLab.mtactl(
                "apply",
                try playbook(bench, hosts: host, settings: settings),
                "--yes",
                "--json"
            )

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(
                applied.notes(of: host).contains { $0.hasPrefix(note) && $0.contains("stays as it is") },
                "\(applied)"
            )
            #expect(kept(try await ExchangeLab.connectors(of: host)) == before)
        }

        @Test(.enabled(if: ExchangeLab.isUp("exch16", "exch16-2"), "the lab is up without exch16*2"))
        func `two servers of one organisation are one change, and both restart for a new port`() async throws {
            let bench = try Workbench()
            try await ExchangeLab.prepare("exch16", model: "dns")
            let before = try await ExchangeLab.connectors(of: "exch16")
            let settings = "{source-servers: [EXCH16, EXCH16-2]}"
            let playbook = try playbook(bench, hosts: "exch16,exch16-2", settings: settings)
            let started = "systemctl show -P ActiveEnterTimestampMonotonic MSExchangeTransport"
            let times = [try await Lab.on("exch16", started), try await Lab.on("exch16-2", started)]

            let applied = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")

            #expect(applied.outcomes() == ["exch16": "committed", "exch16-2": "as-asked"], "\(applied)")
            #expect(applied.notes(of: "exch16-2") == ["its organisation is changed once, through exch16"])
            for (host, time) in zip(["exch16", "exch16-2"], times) {
                #expect(try await Lab.on(host, started) != time, "\(host) was not restarted")
            }
            let back = try await ExchangeLab.mtactl("rollback", "--yes", "--json", "-l", "exch16,exch16-2")
            #expect(back.outcomes()["exch16"] == "rolled-back", "\(back)")
            #expect(try await ExchangeLab.connectors(of: "exch16") == before)
        }

        @Test func `mtactl killed in the middle: the scheduled task puts the connectors back`() async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns")
            let before = try await ExchangeLab.connectors(of: host)
            let playbook = try playbook(bench, hosts: host, patience: "15s", rollout: "{revert-after: 25s}")
            try await Lab.smarthost(["not-yet"])

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: "test message",
                then: "kill -9 $pid",
                inventory: ExchangeLab.fleet,
                environment: ExchangeLab.secrets,
                in: bench
            )
            let early = try await ExchangeLab.mtactl("plan", playbook, "--json")
            try await Lab.smarthost(["normal"])
            #expect(killed.status == 137, "\(killed)")
            #expect(early.said("reason", of: host).contains("is pending"), "\(early)")

            try await Lab.on(
                host,
                "for i in $(seq 400); do test -e /C:/ProgramData/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )
            #expect(try await ExchangeLab.connectors(of: host) == before)
            let applied = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }
    }
}
