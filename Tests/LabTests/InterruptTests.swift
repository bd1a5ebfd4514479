import Foundation
import Testing

extension RealHosts {
    /// What happens to hosts when mtactl, or the agent on them, dies in the middle.
    @Suite struct InterruptTests {
        private let inPlace = "swapped /etc/postfix/main.cf"

        @Test func `kill -9 of mtactl in the middle of an apply: the host puts itself back within seconds`()
            async throws
        {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13", patience: "1m")
            let before = try await HostState.now(of: "deb13")
            // The test message is waited for, so the host is changed and not confirmed when it happens.
            try await Lab.smarthost(["silent"])

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: inPlace,
                then: "kill -9 $pid",
                in: bench
            )
            let start = ContinuousClock.now
            try await Lab.on(
                "deb13",
                "for i in $(seq 300); do test -e /var/backups/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )
            let took = ContinuousClock.now - start
            try await Lab.smarthost(["normal"])
            try await discardTestMessage()

            #expect(killed.status == 137)
            #expect(took < .seconds(10))
            try await HostState.expectAsBefore(before, on: "deb13")
            #expect(try await Lab.on("deb13", "ls /var/backups/mtactl/*/state.*").hasSuffix("state.restored\n"))
            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            #expect(applied.outcomes() == ["deb13": "committed"], "\(applied)")
        }

        @Test func `SIGTERM and a second Ctrl-C leave at once, and the host puts itself back`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13", patience: "1m")
            let before = try await HostState.now(of: "deb13")
            try await Lab.smarthost(["silent"])

            let left = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: inPlace,
                then: "kill -TERM $pid; until grep -q interrupted $out.errors; do sleep 0.02; done; kill -INT $pid",
                in: bench
            )
            try await Lab.on(
                "deb13",
                "for i in $(seq 300); do test -e /var/backups/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )
            try await Lab.smarthost(["normal"])
            try await discardTestMessage()

            #expect(left.status == 130)
            #expect(left.errors.contains("starting no more hosts"))
            #expect(left.errors.contains("deb13  left unfinished: it puts itself back"), "\(left)")
            try await HostState.expectAsBefore(before, on: "deb13")
        }

        @Test func `Ctrl-C once: the host in flight comes to a safe end, the next is not begun`() async throws {
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb12,deb13")
            let before = try await HostState.now(of: "deb13")

            let stopped = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v", "--parallel", "1"],
                until: inPlace,
                then: "kill -INT $pid",
                in: bench
            )

            #expect(stopped.status == 130, "\(stopped)")
            #expect(stopped.outcomes() == ["deb12": "committed", "deb13": "skipped"])
            #expect(stopped.said("reason", of: "deb13") == "not started: interrupted")
            #expect(stopped.errors.contains("starting no more hosts, finishing those in progress safely"))
            try await HostState.expectIdle("deb12")
            try await HostState.expectAsBefore(before, on: "deb13")
        }

        @Test func `a host whose agent was killed is refused until it was put back`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13", patience: "1m")
            let before = try await HostState.now(of: "deb13")
            try await Lab.smarthost(["silent"])
            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: inPlace,
                then: """
                    $lab exec deb13 sh -c "ps -eo pid,args | sed -n 's/^ *\\([0-9]*\\) [/]bin[/]sh -s$/\\1/p' | xargs kill -9"
                    kill -9 $pid
                    """,
                in: bench
            )
            try await Lab.smarthost(["normal"])
            let run = try await Lab.on("deb13", "ls /var/backups/mtactl | grep Z-").trimmingCharacters(in: .newlines)

            let planned = try await Lab.mtactl("plan", playbook)
            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            let checked = try await Lab.mtactl("check", playbook, "--json")
            let listed = try await Lab.mtactl("backups", "list", "-l", "deb13")
            let back = try await Lab.mtactl("rollback", "--yes", "-l", "deb13")
            try await discardTestMessage()

            #expect(killed.status == 137)
            #expect(planned.status == 1, "\(planned)")
            #expect(applied.status == 1, "\(applied)")
            #expect(applied.outcomes() == ["deb13": "refused"])
            let reason = applied.said("reason", of: "deb13")
            #expect(
                reason.contains("an earlier run is unfinished: \(run) by ")
                    && reason.contains(" is pending, and puts itself back"),
                "\(reason)"
            )
            #expect(applied.said("hint", of: "deb13").contains("put it back now with `mtactl rollback`"))
            #expect(checked.status == 1, "\(checked)")
            #expect(listed.output.contains("\(run)  pending"), "\(listed)")
            #expect(back.status == 0, "\(back)")
            try await HostState.expectAsBefore(before, on: "deb13")
            let again = try await Lab.mtactl("apply", playbook, "--yes", "--json")
            #expect(again.outcomes() == ["deb13": "committed"], "\(again)")
        }

        /// On a busy machine it may have been handed in before the signal: then nobody is left to discard it.
        private func discardTestMessage() async throws { try await Lab.on("deb13", "postsuper -d ALL") }
    }
}
