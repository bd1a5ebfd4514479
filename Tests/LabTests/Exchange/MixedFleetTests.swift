import Foundation
import Testing

extension RealHosts {
    /// Postfix, cPanel and Exchange with one playbook.
    @Suite(
        .enabled(if: ExchangeLab.isUp("deb12", "cpanel12", "exch16"), "deb12, cpanel12 and exch16 are not up together")
    )
    struct MixedFleetTests {
        private static let hosts = ["cpanel12", "deb12", "exch16"]

        @Test func `one playbook is one plan, one apply, one report and one rollback`() async throws {
            let bench = try Workbench()
            try await Lab.reset("deb12", "cpanel12")
            try await ExchangeLab.prepare("exch16", model: "dns")
            let playbook = try bench.write(
                "playbook.yml",
                """
                smarthosts:
                  filter:
                    host: outgoing.example.net
                    port: 587
                    tls: required
                    login: {username: out@example.com, password: env:FILTER_PASSWORD}
                plays:
                  - {name: everything, hosts: "deb12,cpanel12,exch16", routes: {default: filter, bounces: default}}
                verify: {to: postmaster@remote.test, from: sender@example.com, within: 60s}

                """
            )
            let place = try Recorded.place()

            let plan = try await ExchangeLab.mtactl("plan", playbook, "--json")
            let applied = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            let checked = try await ExchangeLab.mtactl("check", playbook, "--json")
            let back = try await ExchangeLab.mtactl(
                "rollback",
                "--yes",
                "--json",
                "-l",
                Self.hosts.joined(separator: ",")
            )

            let all = { (outcome: String) in Dictionary(uniqueKeysWithValues: Self.hosts.map { ($0, outcome) }) }
            #expect(plan.outcomes() == all("would-change"), "\(plan)")
            #expect(applied.outcomes() == all("committed"), "\(applied)")
            #expect(checked.status == 0, "\(checked)")
            #expect(back.outcomes() == all("rolled-back"), "\(back)")
            let clients = try Recorded.all(since: place).filter {
                $0.event == "message" && $0.login == "out@example.com"
            }
            .compactMap(\.client)
            for host in Self.hosts {
                #expect(clients.contains(try ExchangeLab.address(of: host)), "the smarthost has no message of \(host)")
            }
            let summary = applied.json.last { $0["type"] as? String == "summary" }
            #expect(summary?["hosts"] as? Int == 3, "\(applied)")
        }
    }
}
