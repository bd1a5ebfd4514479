import Testing

extension RealHosts {
    /// On each server: a change that mail does not survive is taken back, with a reason and a hint.
    @Suite struct ServerFailureTests {
        struct Trouble: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// The scenario that is applied, and what makes it fail.
            var scenario: Int
            var password: String?
            var port: Int?
            /// What the reason has of the smarthost's own words, where it says any.
            var words = ""
            var hint: String
        }

        static let troubles = [
            Trouble(
                testDescription: "a wrong password",
                scenario: 2,
                password: "another-word",
                words: " 5.7.",
                hint: "password"
            ),
            Trouble(testDescription: "a port where nothing listens", scenario: 1, port: 2599, hint: "port"),
        ]

        @Test(arguments: troubles)
        func `is rolled back on each server`(_ trouble: Trouble) async throws {
            let servers = try LabServer.up().filter { $0.does.contains(trouble.scenario) }
            let hosts = servers.flatMap(\.hosts.keys)
            try await Ground.prepare(hosts)
            var scenario = try Scenario.number(trouble.scenario)
            scenario.edits += [Edit("  within: 40s\n", "  within: 10s\n")]
            var wrongs = Wrongs()
            for trial in try Trial.delivering(scenario, servers) {
                wrongs.merge(try await rolledBack(trial, trouble))
            }
            await Ground.reset(later: Array(wrongs.byHost.keys))
            #expect(wrongs.rows == [])
        }

        private func rolledBack(_ trial: Trial, _ trouble: Trouble) async throws -> Wrongs {
            let bench = try Workbench()
            var text = try LabPlaybook.text(of: trial.scenario, conceding: trial.concessions)
            if let port = trouble.port { text = text.replacing(#/port: \d+/#, with: "port: \(port)") }
            var put = try bench.put(text)
            if let password = trouble.password {
                put.environment.merge(LabPlaybook.secrets.mapValues { _ in password }) { $1 }
            }
            let before = try await HostState.now(of: trial.hosts)

            let applied = try await trial.mtactl(["apply", put.playbook, "--yes"], on: trial.hosts, put.environment)

            var wrongs = Wrongs()
            for host in trial.hosts {
                let isRight =
                    applied.outcomes()[host] == "rolled-back"
                    && applied.said("hint", of: host).contains(trouble.hint)
                    && (trouble.words.isEmpty || applied.said("reason", of: host).contains(trouble.words))
                wrongs.unless(isRight, applied.found(on: host), on: host)
            }
            if wrongs.rows.isEmpty, applied.status != 3 { wrongs.add("exit \(applied.status)", on: trial.hosts[0]) }
            wrongs.compare(before, try await HostState.now(of: trial.hosts), after: "a failed run")
            wrongs.merge(try await trial.oldRoute(of: trial.hosts))
            wrongs.merge(trial.secrets(in: applied))
            for host in trial.hosts { wrongs.unless(try !testMessageArrived(applied, host), "it was sent", on: host) }
            return wrongs
        }

        /// Whether the test message left the host after all.
        private func testMessageArrived(_ applied: Lab.Ended, _ host: String) throws -> Bool {
            let verification = applied.hosts()[host]?["verification"] as? [String: Any]
            guard let id = verification?["messageId"] as? String else { return false }
            return try Recorded.all().contains { $0.event == "message" && $0.messageId?.contains(id) == true }
        }
    }
}
