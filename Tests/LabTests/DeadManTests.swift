import Foundation
import Testing

extension RealHosts {
    /// A host that nobody confirms puts itself back, with mtactl gone, the agent gone, or the power gone.
    @Suite struct DeadManTests {
        private let inPlace = "swapped /etc/postfix/main.cf"
        private let rollout = "{waves: [100%], max-failures: 100%, revert-after: 25s}"
        /// The process that is the agent: what mtactl started over ssh.
        private let killAgent = """
            $lab exec deb13 sh -c "ps -eo pid,args | sed -n 's/^ *\\([0-9]*\\) [/]bin[/]sh -s$/\\1/p' | xargs kill -9"
            """

        @Test func `agent and mtactl killed: the host is back when its time is over, and the next mtactl tells`()
            async throws
        {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13", patience: "15s", rollout: rollout)
            let before = try await HostState.now(of: "deb13")
            try await Lab.smarthost(["silent"])

            let killed = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: inPlace,
                then: "\(killAgent)\nkill -9 $pid",
                in: bench
            )
            let early = try await Lab.mtactl("plan", playbook, "--json")
            try await waitUntilBack()
            try await Lab.smarthost(["normal"])
            try await waitUntilTestMessageLeft()
            let checked = try await Lab.mtactl("check", playbook)

            #expect(killed.status == 137)
            #expect(early.said("reason", of: "deb13").contains(" is pending, and puts itself back in "), "\(early)")
            try await HostState.expectAsBefore(before, on: "deb13")
            let wrong = try await Letter(from: "old@example.com", to: "b@remote.test", way: .internet).take(on: "deb13")
            #expect(wrong == nil)
            #expect(checked.status == 2, "\(checked)")
            #expect(checked.output.contains("was never confirmed, so the host put itself back at "), "\(checked)")
            try await expectNothingArmed()
        }

        @Test func `the agent killed: apply waits for the host and says that it is rolled back`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13", patience: "15s", rollout: rollout)
            let before = try await HostState.now(of: "deb13")
            try await Lab.smarthost(["silent"])

            let applied = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: inPlace,
                then: killAgent,
                in: bench
            )
            try await Lab.smarthost(["normal"])

            #expect(applied.status == 3, "\(applied)")
            #expect(applied.outcomes() == ["deb13": "rolled-back"])
            try await waitUntilTestMessageLeft()
            try await HostState.expectAsBefore(before, on: "deb13")
            try await expectNothingArmed()
        }

        @Test func `the power cut in the middle: the host puts itself back when it boots`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "deb13", patience: "1m")
            let before = try await HostState.now(of: "deb13")
            try await Lab.smarthost(["silent"])

            let applied = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json", "-v"],
                until: inPlace,
                then: "$lab reboot deb13",
                in: bench
            )
            try await Lab.smarthost(["normal"])

            #expect(applied.outcomes() == ["deb13": "rolled-back"], "\(applied)")
            // It may have been handed in before the power went.
            try await waitUntilTestMessageLeft()
            try await HostState.expectAsBefore(before, on: "deb13")
            let wrong = try await Letter(from: "old@example.com", to: "b@remote.test", way: .internet).take(on: "deb13")
            #expect(wrong == nil)
            try await expectNothingArmed()
            try await Lab.reset("deb13")
        }

        private func waitUntilBack() async throws {
            try await Lab.on(
                "deb13",
                "for i in $(seq 600); do test -e /var/backups/mtactl/lock || exit 0; sleep 0.1; done; exit 1"
            )
        }

        /// Whoever would have withdrawn it is dead, so it takes the old route.
        ///
        /// Not while a process holds it that still waits for a word of the silent smarthost: postconf(5),
        /// smtp_helo_timeout, 300 s.
        private func waitUntilTestMessageLeft() async throws {
            try await Lab.on(
                "deb13",
                """
                postqueue -j | grep -q . || exit 0
                systemctl restart postfix
                for i in $(seq 600); do postqueue -j | grep -q . || exit 0; sleep 0.1; done
                exit 1
                """
            )
        }

        private func expectNothingArmed() async throws {
            let left = try await Lab.on(
                "deb13",
                "systemctl list-units --all --plain --no-legend 'mtactl*.timer'; ls -d /etc/systemd/system/*/mtactl* /etc/systemd/system/mtactl* 2>/dev/null; true"
            )
            #expect(left == "")
        }
    }
}
