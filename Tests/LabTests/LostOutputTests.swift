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
        func `a reading command ends with 141`(_ way: String) async throws {
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: Self.host)
            for words in ["facts -vv", "plan \(playbook)", "check \(playbook) --json -v", "backups list --json"] {
                // Two lines and more, so that there is something to lose.
                let ended = try await lost(words, Self.ways[way] ?? "")

                #expect(ended.status == "141", "\(words): \(ended)")
                expectNoCrash(ended.errors)
            }
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
