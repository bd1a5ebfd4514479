import Foundation
import Testing

extension RealHosts {
    /// `plan -o FILE` and `apply FILE`: exactly that plan, or nothing.
    @Suite struct SavedPlanTests {
        private let secrets = ["FILTER_PASSWORD": "secret of out"]
        private let smarthost =
            "{host: outgoing.example.net, login: {username: out@example.com, password: env:FILTER_PASSWORD}}"

        /// The path of a saved plan for both hosts.
        private func saved(in bench: Workbench) async throws -> String {
            let playbook = try bench.playbook(hosts: "deb12,deb13", smarthost: smarthost)
            let file = "\(bench.path)/saved"
            let planned = try await Lab.mtactl("plan", playbook, "-o", file, environment: secrets)
            #expect(planned.status == 0, "\(planned)")
            return file
        }

        @Test func `a saved plan is done as it was shown, once`() async throws {
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            let file = try await saved(in: bench)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int

            let applied = try await Lab.mtactl("apply", file, "--yes", "--json", environment: secrets)
            let before = [try await HostState.now(of: "deb12"), try await HostState.now(of: "deb13")]
            let again = try await Lab.mtactl("apply", file, "--yes", "--json", environment: secrets)
            let after = [try await HostState.now(of: "deb12"), try await HostState.now(of: "deb13")]

            #expect(mode == 0o600)
            #expect(applied.status == 0, "\(applied)")
            for host in ["deb12", "deb13"] {
                #expect(applied.outcomes()[host] == "committed")
                let verification = try #require(applied.hosts()[host]?["verification"] as? [String: Any])
                #expect(verification["status"] as? String == "delivered")
                let arrived = try await Recorded.message(verification["messageId"] as? String ?? "none")
                #expect(arrived.port == 587 && arrived.login == "out@example.com")
            }
            // What the plan makes of a host is there already.
            #expect(again.status == 0, "\(again)")
            #expect(again.outcomes() == ["deb12": "as-asked", "deb13": "as-asked"])
            #expect(after == before)
        }

        @Test func `a host that changed since is refused, the other is changed`() async throws {
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            let file = try await saved(in: bench)
            try await Lab.on("deb12", "echo '# by an admin' >> /etc/postfix/main.cf")
            let before = try await HostState.now(of: "deb12")

            let applied = try await Lab.mtactl("apply", file, "--yes", "--json", environment: secrets)

            #expect(applied.status == 1, "\(applied)")
            #expect(applied.outcomes() == ["deb12": "refused", "deb13": "committed"])
            #expect(applied.said("reason", of: "deb12").contains("main.cf has changed since it was planned"))
            try await HostState.expectAsBefore(before, on: "deb12")
        }

        @Test func `a damaged plan, or one without its secret, changes nothing`() async throws {
            try await Lab.reset("deb12", "deb13")
            let bench = try Workbench()
            let file = try await saved(in: bench)
            let text = try Lab.text(of: file)
            let before = [try await HostState.now(of: "deb12"), try await HostState.now(of: "deb13")]

            let withoutSecret = try await Lab.mtactl("apply", file, "--yes", "--json")
            let cut = try bench.write("cut", String(text.prefix(text.count / 2)))
            let damaged = try await Lab.mtactl("apply", cut, "--yes", "--json", environment: secrets)

            #expect(withoutSecret.status == 65, "\(withoutSecret)")
            #expect(withoutSecret.errors.contains("FILTER_PASSWORD is not set"))
            #expect(damaged.status == 65, "\(damaged)")
            #expect(damaged.errors.contains("damaged"))
            #expect(damaged.errors.contains("hint: plan again"))
            #expect([try await HostState.now(of: "deb12"), try await HostState.now(of: "deb13")] == before)
        }

        @Test func `hosts that had no plan are said when the rest is applied`() async throws {
            try await Lab.reset("deb13")
            let bench = try Workbench()
            let playbook = try bench.playbook(hosts: "all")
            let inventory = try bench.inventory([
                "bad": "address: 198.18.1.77, connect-timeout: 1s", "good": "address: 198.18.1.2",
            ])
            let file = "\(bench.path)/saved"

            let planned = try await Lab.mtactl(["plan", playbook, "-o", file], inventory: inventory)
            let applied = try await Lab.mtactl(["apply", file, "--yes"], inventory: inventory)

            #expect(planned.status == 1, "\(planned)")
            #expect(applied.output.contains("good  committed"), "\(applied)")
            #expect("\(applied)".contains("bad"), "\(applied)")
            #expect(applied.status == 1, "\(applied)")
        }
    }
}
