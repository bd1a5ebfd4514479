import Testing

extension RealHosts {
    /// On each server: a change that mail does not survive is taken back, with a reason and a hint.
    @Suite struct ServerFailureTests {
        struct Trouble: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// The scenario that is applied, with what makes it fail.
            var scenario: Int
            var edits: [Edit] = []
            var password = "not this one"
            var hint: String
        }

        static let troubles = [
            Trouble(testDescription: "a wrong password", scenario: 2, hint: "password"),
            Trouble(
                testDescription: "a port where nothing listens",
                scenario: 1,
                edits: [Edit("    port: 587\n", "    port: 2599\n")],
                hint: "port"
            ),
        ]

        @Test(arguments: troubles)
        func `is rolled back on each server`(_ trouble: Trouble) async throws {
            let servers = try LabServer.up().filter { $0.does.contains(trouble.scenario) }
            let hosts = servers.flatMap(\.hosts.keys)
            try await Ground.prepare(hosts)
            var scenario = try #require(Scenario.all.first { $0.number == trouble.scenario })
            scenario.edits += [Edit("  within: 40s\n", "  within: 10s\n")]
            var wrongs = Wrongs()
            for var trial in try Trial.delivering(scenario, servers) {
                trial.scenario.edits += trouble.edits
                wrongs.merge(try await rolledBack(trial, trouble))
            }
            await Ground.reset(later: Array(wrongs.byHost.keys))
            #expect(wrongs.rows == [])
        }

        private func rolledBack(_ trial: Trial, _ trouble: Trouble) async throws -> Wrongs {
            let bench = try Workbench()
            var put = try bench.put(try LabPlaybook.text(of: trial.scenario, conceding: trial.concessions))
            for name in ["FILTER_PASSWORD", "AWKWARD_PASSWORD"] { put.environment[name] = trouble.password }
            let before = try await HostState.now(of: trial.hosts)

            let applied = try await trial.mtactl(["apply", put.playbook, "--yes"], on: trial.hosts, put.environment)

            var wrongs = Wrongs()
            for host in trial.hosts {
                let isRight =
                    applied.outcomes()[host] == "rolled-back"
                    && applied.said("hint", of: host)
                        .contains(trouble.hint)
                wrongs.unless(isRight, applied.found(on: host), on: host)
            }
            if wrongs.rows.isEmpty, applied.status != 3 { wrongs.add("exit \(applied.status)", on: trial.hosts[0]) }
            wrongs.compare(before, try await HostState.now(of: trial.hosts), after: "a failed run")
            wrongs.merge(try await trial.oldRoute(of: trial.hosts))
            wrongs.merge(trial.secrets(in: applied))
            return wrongs
        }
    }
}
