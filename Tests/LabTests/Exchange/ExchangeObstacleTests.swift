import Foundation
import Testing

extension RealHosts {
    /// What keeps a change from being made on an Exchange server, each in its own words.
    @Suite(.enabled(if: ExchangeLab.isUp, "the lab is up without a stand-in for Exchange"))
    struct ExchangeObstacleTests {
        private func playbook(
            _ bench: Workbench,
            host: String,
            settings: String = "{connector: Smart host to Internet, replace-others: disable}",
            patience: String = "30s"
        ) throws -> String {
            try bench.write(
                "playbook-\(UUID().uuidString).yml",
                """
                smarthosts:
                  filter:
                    host: outgoing.example.net
                    port: 587
                    tls: required
                    login: {username: out@example.com, password: env:FILTER_PASSWORD}
                plays:
                  - {name: test, hosts: "\(host)", routes: {default: filter, bounces: default}, exchange: \(settings)}
                verify: {to: postmaster@remote.test, from: sender@example.com, within: \(patience)}

                """
            )
        }

        /// What is wrong with the host, the end of an apply, and words of the reason and of the hint.
        struct Obstacle: Sendable, CustomTestStringConvertible {
            var commands: [String]
            var outcome = "refused"
            var reason: String
            var hint: String
            var testDescription: String { commands.joined(separator: "; ") }
        }

        @Test(arguments: [
            Obstacle(
                commands: ["role mtactl none"],
                reason: "the shell has no Get-SendConnector",
                hint: "Organization Management"
            ),
            Obstacle(
                commands: ["role mtactl 'View-Only Organization Management'"],
                outcome: "rolled-back",
                reason: "New-SendConnector",
                hint: "Organization Management"
            ),
            Obstacle(commands: ["down dc1.lab.test dc2.lab.test"], reason: "cannot be read", hint: "domain controller"),
            Obstacle(
                commands: ["management-shell broken"],
                outcome: "unreachable",
                reason: "the Exchange cmdlets could not be loaded",
                hint: "open the Exchange Management Shell"
            ),
            Obstacle(commands: ["setup on"], reason: "Exchange's setup is running", hint: "wait until"),
            Obstacle(commands: ["pickup off"], reason: "pickup", hint: "PickupDirectoryPath"),
        ])
        func `nothing is changed, and the reason and what to do are said`(_ obstacle: Obstacle) async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns", obstacle.commands)
            let before = try await ExchangeLab.connectors(of: host)

            let applied = try await ExchangeLab.mtactl("apply", try playbook(bench, host: host), "--yes", "--json")

            #expect(applied.outcomes() == [host: obstacle.outcome], "\(applied)")
            #expect(applied.said("reason", of: host).contains(obstacle.reason), "\(applied)")
            #expect(obstacle.hint.isEmpty || applied.said("hint", of: host).contains(obstacle.hint), "\(applied)")
            #expect(try await ExchangeLab.connectors(of: host) == before)
            let locks = try await Lab.on(host, "test ! -e /C:/ProgramData/mtactl/lock && echo open")
            #expect(locks == "open\n")
        }

        /// The smarthost's mode, the end, and words of the reason and of the hint.
        @Test(arguments: [
            ("no-auth-login", "refused", "offers only AUTH PLAIN after STARTTLS", "AUTH LOGIN"),
            ("refuse-password", "rolled-back", "authentication failed", ""),
            ("refuse-all", "rolled-back", "no mail is welcome here", ""),
            ("silent", "refused", "outgoing.example.net:587 does not answer this host", "firewall"),
        ])
        func `a smarthost that does not take the mail`(mode: String, outcome: String, reason: String, hint: String)
            async throws
        {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns")
            let before = try await ExchangeLab.connectors(of: host)
            try await Lab.smarthost([mode])

            let applied = try await ExchangeLab.mtactl("apply", try playbook(bench, host: host), "--yes", "--json")
            try await Lab.smarthost(["normal"])

            #expect(applied.outcomes() == [host: outcome], "\(applied)")
            #expect(applied.said("reason", of: host).contains(reason), "\(applied)")
            #expect(hint.isEmpty || applied.said("hint", of: host).contains(hint), "\(applied)")
            #expect(try await ExchangeLab.connectors(of: host) == before)
        }

        @Test func `a provider that does not know the host yet is waited for`() async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns")
            try await Lab.smarthost(["not-yet"])
            let playbook = try playbook(bench, host: host, patience: "150s")

            async let running = ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            try await Task.sleep(for: .seconds(20))
            try await Lab.smarthost(["normal"])
            let applied = try await running

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
        }

        @Test(.enabled(if: ExchangeLab.isUp("exch16") || ExchangeLab.isUp("exch07")))
        func `a login by key is explained, and a login for the shell is the way out`() async throws {
            // #2100 is the remote session's text, #1881 the snap-in's, which 2007 has.
            let texts = ["exch16": "0x8009030e", "exch07": "The supplied credential for"]
            for (host, text) in texts where ExchangeLab.isUp(host) {
                let bench = try Workbench()
                try await ExchangeLab.prepare(host, model: "dns")
                let address = try ExchangeLab.address(of: host)
                let inventory = try ExchangeLab.inventory(
                    [host: "address: \(address), user: Administrator, identity-file: \(Lab.identity)"],
                    in: bench
                )

                let facts = try await ExchangeLab.mtactl("facts", "--json", inventory: inventory)
                #expect(facts.description.contains("a login by key cannot be passed on"), "\(facts)")
                #expect(facts.description.contains(text), "\(facts)")
                #expect(facts.description.contains("shell-login"), "\(facts)")

                // The snap-in runs as whoever has logged in.
                guard host == "exch16" else { continue }
                let settings = """
                    {connector: Smart host to Internet, replace-others: disable, \
                    shell-login: {username: 'LAB\\mtactl', password: env:SHELL_PASSWORD}}
                    """
                let secrets = ExchangeLab.secrets.merging(["SHELL_PASSWORD": try ExchangeLab.password]) { $1 }
                let applied = try await ExchangeLab.mtactl(
                    "apply",
                    try playbook(bench, host: host, settings: settings),
                    "--yes",
                    "--json",
                    inventory: inventory,
                    environment: secrets
                )
                #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            }
        }

        @Test func `where no task can be planned, it is said that nothing puts the site back`() async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns", ["tasks off"])

            let applied = try await ExchangeLab.mtactl(
                "apply",
                try playbook(bench, host: host),
                "--yes",
                "--json",
                "-v"
            )

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(
                applied.description.contains("nothing on this site puts it back if mtactl is cut off"),
                "\(applied)"
            )
        }

        @Test func `a connector that somebody changes between plan and apply is refused`() async throws {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns")
            let saved = "\(bench.path)/plan"
            let settings = "{connector: Internet}"
            _ = try await ExchangeLab.mtactl(
                "plan",
                try playbook(bench, host: host, settings: settings),
                "-o",
                saved
            )
            try await Lab.on(host, "stand-in change Internet Port 2525")
            let before = try await ExchangeLab.connectors(of: host)

            let applied = try await ExchangeLab.mtactl("apply", saved, "--yes", "--json")

            #expect(applied.outcomes() == [host: "refused"], "\(applied)")
            #expect(applied.said("reason", of: host).contains("changed since the plan was made"), "\(applied)")
            #expect(try await ExchangeLab.connectors(of: host) == before)
        }
    }
}
