import Foundation
import Testing

extension RealHosts {
    /// A transaction is cut off before each of its calls, each time by the next of the faults.
    @Suite(.enabled(if: ExchangeLab.isUp("exch16"), "the lab is up without exch16"))
    struct ExchangeFaultTests {
        private static let host = "exch16"

        /// What happens while the session waits before a call; lines of bash in which `$pid` is mtactl.
        enum Fault: String, CaseIterable, Sendable {
            case killed = "kill -9 $pid"
            case reset = "$lab link exch16 reset"
            case silent = "$lab link exch16 silent; sleep 4; $lab link exch16 up"
            case powerCut = "$lab reboot exch16"
        }

        struct Point: Sendable, CustomTestStringConvertible {
            var call: String
            var fault: Fault
            var testDescription: String { "\(call): \(fault.rawValue)" }
        }

        /// The calls of a transaction in their order.
        private static let calls = [
            "file.write", "smtp.ask", "Get-SendConnector", "task.arm", "file.move", "New-SendConnector",
            "Set-SendConnector", "pickup.write", "tracking.watch", "service.read", "task.disarm", "file.remove",
        ]

        /// With `MTACTL_FAULTS=all` each fault at each call.
        static let points: [Point] =
            ProcessInfo.processInfo.environment["MTACTL_FAULTS"] == "all"
            ? calls.flatMap { call in Fault.allCases.map { Point(call: call, fault: $0) } }
            : calls.enumerated().map {
                Point(call: $0.element, fault: Fault.allCases[$0.offset % Fault.allCases.count])
            }

        private func playbook(_ bench: Workbench) throws -> String {
            try bench.write(
                "playbook.yml",
                """
                smarthosts:
                  filter:
                    host: outgoing.example.net
                    port: 587
                    tls: required
                    login: {username: out@example.com, password: env:FILTER_PASSWORD}
                plays:
                  - name: test
                    hosts: \(Self.host)
                    routes: {default: filter, bounces: default}
                    exchange: {connector: Smart host to Internet, replace-others: disable}
                verify: {to: postmaster@remote.test, from: sender@example.com, within: 15s}
                rollout: {revert-after: 25s}

                """
            )
        }

        @Test(arguments: points)
        func `the organisation is as found or as asked, no lock stays, and the next run works`(_ point: Point)
            async throws
        {
            let (host, bench) = (Self.host, try Workbench())
            try await ExchangeLab.prepare(host, model: "dns")
            let before = try await ExchangeLab.connectors(of: host)
            let playbook = try playbook(bench)
            try await Lab.on(host, "stand-in gate \(point.call)")

            let ended = try await Lab.mtactl(
                ["apply", playbook, "--yes", "--json"],
                until: "no such line",
                then: "",
                before: """
                    for i in $(seq 300); do
                        $lab exec \(host) test -e /run/stand-in-gate.reached && break
                        kill -0 $pid 2>/dev/null || break
                        sleep 0.1
                    done
                    \(point.fault.rawValue)
                    $lab exec \(host) stand-in gate open
                    """,
                inventory: ExchangeLab.fleet,
                environment: ExchangeLab.secrets,
                in: bench
            )

            try await waitUntilOver()
            let found = try await ExchangeLab.connectors(of: host).filter { $0.hasPrefix("connector ") }
            let isConfirmed = try await !Lab.on(
                host,
                "ls /C:/ProgramData/mtactl/runs/*/state.confirmed 2>/dev/null || true"
            )
            .isEmpty
            #expect((found == before) != isConfirmed, "neither as found nor as asked: \(ended)")
            if point.fault != .killed {
                let outcome = ended.said("outcome", of: host)
                #expect((outcome == "committed") == isConfirmed, "\(ended)")
                #expect(outcome != "stranded", "\(ended)")
            }
            try await expectNextRun(playbook)
        }

        /// The scheduled task has been here, or there is nothing for it to do.
        ///
        /// A program whose connection was cut goes on, and only then is it known.
        private func waitUntilOver() async throws {
            try await Lab.on(
                Self.host,
                """
                cd /C:/ProgramData/mtactl/runs 2>/dev/null || exit 0
                for i in $(seq 600); do
                    grep -lsz 'windows[.]shell' /proc/[0-9]*/cmdline >/dev/null ||
                        ls */state.pending >/dev/null 2>&1 || ls */state.restoring >/dev/null 2>&1 || exit 0
                    sleep 0.1
                done
                exit 1
                """
            )
        }

        /// As the hints say: `--break-lock`, or `rollback` where a run had only begun.
        private func expectNextRun(_ playbook: String) async throws {
            let begun = try await Lab.on(
                Self.host,
                "ls /C:/ProgramData/mtactl/runs/*/state.preparing 2>/dev/null || true"
            )
            if !begun.isEmpty {
                let back = try await ExchangeLab.mtactl("rollback", "--yes", "-l", Self.host)
                #expect(back.status == 0, "\(back)")
            }
            let next = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json", "--break-lock")
            #expect(["committed", "as-asked"].contains(next.said("outcome", of: Self.host)), "\(next)")
            let locks = try await Lab.on(Self.host, "test ! -e /C:/ProgramData/mtactl/lock && echo open")
            #expect(locks == "open\n")
        }
    }
}
