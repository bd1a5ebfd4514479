import Foundation
import Testing

extension RealHosts {
    /// Two mtactl at the same hosts, and one that may have few files open.
    @Suite struct TogetherTests {
        private let hosts = ["deb12", "deb13"]

        private func playbook(_ bench: Workbench, to smarthost: String) throws -> String {
            try bench.playbook(hosts: "deb12,deb13", smarthost: "{host: \(smarthost), port: 2525}", patience: "1m")
        }

        /// Starts both at once.
        private func both(_ first: [String], _ second: [String]) async throws -> [Lab.Ended] {
            async let one = Lab.mtactl(first)
            async let other = Lab.mtactl(second)
            return [try await one, try await other]
        }

        @Test func `while one works, the other is refused and told who does`() async throws {
            try await Lab.reset(hosts)
            let bench = try Workbench()
            let mine = try playbook(bench, to: "outgoing.example.net")
            let theirs = try playbook(bench, to: "outgoing2.example.net")
            let words = "apply \(theirs) --yes --json -i Inventory/lab.yml"
            // The first waits for its test message until the second is through.
            try await Lab.smarthost(["slow", "2"])

            let first = try await Lab.mtactl(
                ["apply", mine, "--yes", "--json", "-v", "-l", "deb12"],
                until: "swapped /etc/postfix/main.cf",
                then: "$lab run \(Lab.program) \(words) >\(bench.path)/second; echo $? >\(bench.path)/status",
                in: bench
            )
            try await Lab.smarthost(["normal"])

            let second = Lab.Ended(
                status: Int32(try Lab.text(of: "\(bench.path)/status").trimmed) ?? -1,
                output: try Lab.text(of: "\(bench.path)/second"),
                errors: ""
            )
            let run = try #require(first.json.last?["run"] as? String)
            #expect(first.outcomes() == ["deb12": "committed"], "\(first)")
            #expect(second.status == 1, "\(second)")
            #expect(second.outcomes() == ["deb12": "refused", "deb13": "committed"], "\(second)")
            let reason = second.said("reason", of: "deb12")
            #expect(reason.contains("\(run) by ") && reason.contains(" since 20"), "\(reason)")
            for (host, playbook) in zip(hosts, [mine, theirs]) {
                try await HostState.expectIdle(host)
                let planned = try await Lab.mtactl("plan", playbook, "--json", "-l", host)
                #expect(planned.outcomes() == [host: "as-asked"], "\(planned)")
            }
        }

        @Test func `begun in the same moment, one of them changes each host`() async throws {
            try await Lab.reset(hosts)
            let bench = try Workbench()
            let playbooks = try ["outgoing.example.net", "outgoing2.example.net"].map { try playbook(bench, to: $0) }
            let saved = ["\(bench.path)/0", "\(bench.path)/1"]
            for (playbook, file) in zip(playbooks, saved) {
                #expect(try await Lab.mtactl("plan", playbook, "-o", file).status == 0)
            }

            let ended = try await both(["apply", saved[0], "--yes", "--json"], ["apply", saved[1], "--yes", "--json"])

            for host in hosts {
                let outcomes = ended.map { $0.outcomes()[host] ?? "" }
                #expect(outcomes.sorted() == ["committed", "refused"], "\(ended)")
                guard let winner = outcomes.firstIndex(of: "committed") else { continue }
                let run = try #require(ended[winner].json.last?["run"] as? String)
                let reason = ended[1 - winner].said("reason", of: host)
                // Where the winner is done before the other looks, it finds other files than it planned for.
                let words = ["\(run) by ", "\(run) is ", "has changed since it was planned"]
                #expect(words.contains { reason.contains($0) }, "\(reason)")
                try await HostState.expectIdle(host)
                let planned = try await Lab.mtactl("plan", playbooks[winner], "--json", "-l", host)
                #expect(planned.outcomes() == [host: "as-asked"], "\(planned)")
            }
        }

        /// What `DescriptorBudget` leaves for two hosts at a time, and for none.
        private let few = 16 + 4 * ProcessInfo.processInfo.activeProcessorCount + 6

        private func mtactl(files: Int, _ words: [String], inventory: String = "Inventory/lab.yml") async throws
            -> Lab.Ended
        {
            try await Lab.lab(
                ["run", "sh", "-c", "ulimit -n \(files) && exec \"$@\"", "sh", Lab.program] + words + ["-i", inventory]
            )
        }

        @Test func `with few files that may be open, fewer hosts at a time, and all of them`() async throws {
            try await Lab.reset(hosts + ["deb13-wild"])
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb12,deb13,deb13-wild")
            let names = (1...20).map { ("host\($0)", "address: 198.18.1.\($0 % 2 + 1)") }
            let inventory = try bench.inventory(Dictionary(uniqueKeysWithValues: names))

            let planned = try await mtactl(
                files: few,
                ["plan", try bench.playbook(hosts: "all"), "--json"],
                inventory: inventory
            )
            let applied = try await mtactl(files: few, ["apply", playbook, "--yes", "--json"])
            let back = try await mtactl(files: few, ["rollback", "--yes", "--json", "-l", "deb12,deb13,deb13-wild"])

            #expect(planned.errors.contains("at most \(few) files can be open at once"), "\(planned)")
            #expect(planned.outcomes() == Dictionary(uniqueKeysWithValues: names.map { ($0.0, "would-change") }))
            let all = hosts + ["deb13-wild"]
            #expect(applied.outcomes() == Dictionary(uniqueKeysWithValues: all.map { ($0, "committed") }), "\(applied)")
            #expect(back.outcomes() == Dictionary(uniqueKeysWithValues: all.map { ($0, "rolled-back") }), "\(back)")
            for host in all { try await HostState.expectIdle(host) }
        }

        @Test(arguments: [16, 22]) func `with too few for a single host, it is said and nothing is done`(files: Int)
            async throws
        {
            try await Lab.reset("deb12")
            let bench = try Workbench()
            let before = try await HostState.now(of: "deb12")

            let refused = try await mtactl(files: files, ["apply", try bench.playbook(hosts: "deb12"), "--yes"])

            #expect(refused.status == 1, "\(refused)")
            #expect(refused.errors.contains("at most \(files) files at once, too few"), "\(refused)")
            #expect(refused.errors.contains("ulimit -n 1024"))
            #expect(try await HostState.now(of: "deb12") == before)
        }
    }
}
