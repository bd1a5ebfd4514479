import Foundation
import Testing

extension RealHosts {
    /// Each scenario on real hosts, from plan to rollback: what "supported" means.
    @Suite struct ScenarioTests {
        private let hosts = ["deb12", "deb13"]
        private let secrets = [
            "FILTER_PASSWORD": "secret of out", "BOSS_PASSWORD": "secret of boss", "SMTP_PASSWORD": "secret of smtp",
            "AWKWARD_PASSWORD": Lab.awkwardPassword,
        ]

        @Test(arguments: Scenario.all)
        func `is planned, applied, proved, left alone the second time, and rolled back to the byte`(
            _ scenario: Scenario
        )
            async throws
        {
            try await Lab.reset("deb12", "deb13")
            if let given = scenario.given { for host in hosts { try await Lab.on(host, given) } }
            let before = try await trees()

            try await planTouchesNothing(scenario, before: before)
            try await applyIsProved(scenario)
            for letter in scenario.letters {
                for host in hosts {
                    let wrong = try await letter.take(on: host)
                    #expect(wrong == nil)
                }
            }
            try await secondApplyDoesNothing(scenario)
            try await rollbackGivesEverythingBack(before: before)
        }

        private func planTouchesNothing(_ scenario: Scenario, before: [[String]]) async throws {
            let planned = try await Lab.mtactl("plan", scenario.path, "--detailed-exitcode", environment: secrets)

            #expect(planned.status == 2, "\(planned)")
            #expect(planned.output.contains("main.cf"))
            #expect(planned.output.contains("+"))
            let after = try await trees()
            for (before, after) in zip(before, after) { #expect(Set(after).subtracting(before) == []) }
            expectNoSecret(in: planned)
        }

        private func applyIsProved(_ scenario: Scenario) async throws {
            let applied = try await Lab.mtactl("apply", scenario.path, "--yes", "--json", "-v", environment: secrets)

            #expect(applied.status == 0, "\(applied)")
            for host in hosts {
                let result = try #require(applied.hosts()[host])
                #expect(result["outcome"] as? String == "committed")
                let verification = try #require(result["verification"] as? [String: Any], "\(result)")
                #expect(verification["status"] as? String == "delivered")
                let id = try #require(verification["messageId"] as? String)
                let arrived = try await Recorded.message(id)
                #expect(arrived.where == "smarthost")
                #expect(arrived.tls)
                #expect(arrived.port == scenario.testMessagePort)
                #expect(arrived.login == scenario.testMessageLogin)
            }
            expectNoSecret(in: applied)
        }

        private func secondApplyDoesNothing(_ scenario: Scenario) async throws {
            let before = try await (trees(), reloads())
            let applied = try await Lab.mtactl("apply", scenario.path, "--yes", "--json", environment: secrets)
            let after = try await (trees(), reloads())

            #expect(applied.status == 0, "\(applied)")
            #expect(applied.outcomes() == ["deb12": "as-asked", "deb13": "as-asked"])
            #expect(before.0 == after.0)
            #expect(before.1 == after.1)
        }

        private func rollbackGivesEverythingBack(before: [[String]]) async throws {
            let rolledBack = try await Lab.mtactl("rollback", "--yes", "-l", hosts.joined(separator: ","))

            #expect(rolledBack.status == 0, "\(rolledBack)")
            for (before, after) in zip(before, try await trees()) {
                #expect(Set(after).symmetricDifference(before).filter { !$0.contains("/var/backups") } == [])
            }
            for host in hosts {
                let wrong = try await Letter(from: "old@example.com", to: "b@remote.test", way: .internet).take(
                    on: host
                )
                #expect(wrong == nil)
            }
        }

        /// The files of both hosts, without what mail itself leaves.
        private func trees() async throws -> [[String]] {
            var trees: [[String]] = []
            for host in hosts {
                trees.append(
                    try await Lab.tree(host).filter { !$0.contains("/var/mail") && !$0.contains("/var/spool/postfix") }
                )
            }
            return trees
        }

        private func reloads() async throws -> [String] {
            var counts: [String] = []
            for host in hosts {
                counts.append(
                    try await Lab.on(host, "journalctl -q SYSLOG_FACILITY=2 | grep -c 'reload -- version' || true")
                )
            }
            return counts
        }

        private func expectNoSecret(in ended: Lab.Ended) {
            for secret in secrets.values {
                #expect(!ended.output.contains(secret) && !ended.errors.contains(secret))
            }
        }
    }
}
