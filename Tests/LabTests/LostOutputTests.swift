import Foundation
import Testing

extension RealHosts {
    /// stdout that is closed, full, or read by nobody any more: no crash, the right status, and hosts in a safe state.
    @Suite struct LostOutputTests {
        private static let host = "deb12"

        /// How stdout is lost; `COMMAND` is what loses it, and its status goes to descriptor 3.
        static let ways = [
            "closed after a line": "{ COMMAND; echo $? >&3; } | head -n 1 >/dev/null",
            "closed after a line, SIGPIPE ignored": "{ trap '' PIPE; COMMAND; echo $? >&3; } | head -n 1 >/dev/null",
            "full": "COMMAND >/dev/full; echo $? >&3",
            "closed": "COMMAND >&-; echo $? >&3",
        ]

        /// The status of a command line of mtactl that loses its stdout, and what it says on stderr.
        private func lost(_ words: String, _ way: String) async throws -> (status: String, errors: String) {
            let command = "'\(Lab.program)' \(words) -i Inventory/lab.yml"
            let script = "{ \(way.replacing("COMMAND", with: command)); } 3>&1"
            let ended = try await Lab.lab(["run", "sh", "-c", script])
            return (ended.output.trimmingCharacters(in: .newlines), ended.errors)
        }

        private func expectNoCrash(_ errors: String) {
            for word in ["atal error", "Crash", "Illegal"] { #expect(!errors.contains(word), "\(errors)") }
        }

        @Test(arguments: ways.keys.sorted())
        func `a reading command whose output is lost ends with 141`(_ way: String) async throws {
            try await Lab.reset(Self.host)
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: Self.host)
            // So that there is a backup to list.
            _ = try await Lab.mtactl("apply", playbook, "--yes")
            let host = "-l \(Self.host)"
            for words in ["facts \(host)", "plan \(playbook)", "check \(playbook)", "backups list \(host)"] {
                for json in ["", " --json -v"] {
                    let ended = try await lost(words + json, Self.ways[way] ?? "")

                    expectNoCrash(ended.errors)
                    if way.hasPrefix("closed after"), ended.status != "141" {
                        // What the pipe took before its reader went is not lost.
                        let usual = try await lost(words + json, "COMMAND >/dev/null; echo $? >&3")
                        #expect(ended.status == usual.status, "\(words)\(json): \(ended)")
                    } else {
                        #expect(ended.status == "141", "\(words)\(json): \(ended)")
                    }
                }
            }
        }

        /// The history has the run that was made last, what happened to its host, and that nobody could read that.
        private func expectLossInHistory() async throws {
            let history = try await Lab.lab(["run", Lab.program, "history", "--json"])
            let last = history.output.split(separator: "\n").last ?? ""
            #expect(last.contains(#""command": "apply""#) && last.contains(#""exit": 141"#), "\(last)")
            #expect(!last.contains(#""lostOutput": null"#), "\(last)")
        }

        @Test(arguments: ways.keys.sorted())
        func `an apply ends with 141, and its host is as found or as asked`(_ way: String) async throws {
            try await Lab.reset(Self.host)
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: Self.host)
            let before = try await HostState.now(of: Self.host)

            let ended = try await lost("apply \(playbook) --yes", Self.ways[way] ?? "")

            #expect(ended.status == "141", "\(ended)")
            expectNoCrash(ended.errors)
            try await HostState.expectIdle(Self.host)
            try await expectLossInHistory()
            let planned = try await Lab.mtactl("plan", playbook, "--detailed-exitcode")
            if planned.status == 0 { return }
            #expect(planned.status == 2, "\(planned)")
            try await HostState.expectAsBefore(before, on: Self.host)
        }

        @Test(arguments: ["", "trap '' PIPE; "])
        func `an apply whose stdout is closed while its host is changed comes to its end`(signals: String) async throws
        {
            try await Lab.reset(Self.host)
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: Self.host)

            let ended = try await lost(
                "apply \(playbook) --yes --json -v",
                "{ \(signals)COMMAND; echo $? >&3; } | sed '/swapped .*main.cf/q' >/dev/null"
            )

            #expect(ended.status == "141", "\(ended)")
            expectNoCrash(ended.errors)
            try await HostState.expectIdle(Self.host)
            let planned = try await Lab.mtactl("plan", playbook, "--detailed-exitcode")
            #expect(planned.status == 0, "\(planned)")
        }
    }
}
