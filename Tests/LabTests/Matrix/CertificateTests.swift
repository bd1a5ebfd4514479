import Testing

extension RealHosts {
    /// On each server that can verify a smarthost: one that cannot prove who it is gets neither the password nor the mail.
    @Suite struct CertificateTests {
        struct Impostor: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var host: String
        }

        static let impostors = [
            Impostor(testDescription: "a certificate for another name", host: "badcert.example.net"),
            Impostor(testDescription: "a certificate that nobody signed", host: "selfsigned.example.net"),
            Impostor(testDescription: "a certificate that is over", host: "expired.example.net"),
        ]

        /// With the login of scenario 2, whose playbook says `tls: verified`.
        @Test(arguments: impostors)
        func `neither password nor mail goes to`(_ impostor: Impostor) async throws {
            var scenario = try Scenario.number(2)
            scenario.edits += [
                Edit("  within: 40s\n", "  within: 10s\n"),
                Edit("host: outgoing.example.net", "host: \(impostor.host)"),
            ]
            let servers = try LabServer.up().filter { $0.does.contains(2) && !$0.concessions.contains(.unverified) }
            let hosts = servers.flatMap(\.hosts.keys)
            try await Ground.prepare(hosts)
            let place = try Recorded.place()
            var wrongs = Wrongs()
            for trial in try Trial.delivering(scenario, servers) {
                let bench = try Workbench()
                let put = try bench.put(try LabPlaybook.text(of: scenario, conceding: trial.concessions))
                let before = try await HostState.now(of: trial.hosts)
                let applied = try await trial.mtactl(
                    ["apply", put.playbook, "--yes"],
                    on: trial.hosts,
                    put.environment
                )
                for host in trial.hosts {
                    wrongs.unless(applied.outcomes()[host] == "rolled-back", applied.found(on: host), on: host)
                }
                wrongs.compare(before, try await HostState.now(of: trial.hosts), after: "a failed run")
                wrongs.merge(trial.secrets(in: applied))
            }
            await Ground.reset(later: Array(wrongs.byHost.keys))
            // No login was tried there, and no message was taken, from whichever host.
            let told = try Recorded.all(since: place).filter {
                $0.server == impostor.host && ($0.event == "message" || $0.event.hasPrefix("login"))
            }
            #expect(told == [])
            #expect(wrongs.rows == [])
        }

        /// Those that look at no certificate say so before anything is changed.
        @Test func `where no certificate is looked at, verified is refused`() async throws {
            let servers = try LabServer.up().filter { $0.concessions.contains(.unverified) }
            var scenario = try Scenario.number(2)
            scenario.edits.append(Edit("    routes:\n", "    routes:\n      bounces: default\n"))
            for trial in try Trial.refusing(scenario, servers) {
                let (wrongs, refusals) = try await trial.refuse()
                #expect(wrongs.rows == [])
                #expect(refusals.values.allSatisfy { $0.reason.contains("verified") }, "\(refusals)")
            }
        }
    }
}
