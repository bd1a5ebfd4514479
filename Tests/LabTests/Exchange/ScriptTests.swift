import Foundation
import Testing

extension RealHosts {
    /// Scripts that people run themselves, on the stand-ins: from the first question to the rollback.
    ///
    /// The stand-in does the calls that are in a script by Exchange's rules; no PowerShell runs its text.
    @Suite(.enabled(if: ExchangeLab.isUp, "the lab is up without a stand-in for Exchange"))
    struct ScriptTests {
        private func playbook(_ bench: Workbench, _ host: String) throws -> String {
            try bench.write(
                "playbook.yml",
                """
                smarthosts:
                  filter:
                    host: outgoing.example.net
                    port: 587
                    tls: required
                    login: {username: out@example.com, password: env:NOBODY_HAS_IT_HERE}
                plays: [{name: test, hosts: \(host), routes: {default: filter, bounces: default}, exchange: {}}]
                verify: {to: postmaster@remote.test, from: sender@example.com, within: 40s}

                """
            )
        }

        private func mtactl(_ words: [String], _ bench: Workbench) async throws -> Lab.Ended {
            try await Lab.lab(["run", Lab.program] + words, environment: ["XDG_STATE_HOME": "\(bench.path)/state"])
        }

        /// Runs a script as a person would, and takes its answer along.
        private func answer(_ action: String, _ script: String, on host: String, _ bench: Workbench) async throws
            -> String
        {
            let data = try Data(contentsOf: URL(filePath: script)).base64EncodedString()
            let password = ExchangeLab.secrets["FILTER_PASSWORD"] ?? ""
            let answer = try await Lab.on(
                host,
                "printf %s '\(data)' | base64 -d | stand-in script \(action) '\(password)'"
            )
            #expect(!answer.contains(password))
            return try bench.write("\(host).\(action).answer", answer)
        }

        /// The script that changes, made from the answer of the one that asks.
        private func script(for host: String, _ bench: Workbench) async throws -> String {
            let playbook = try playbook(bench, host)
            let folder = "\(bench.path)/scripts"
            let words = ["script", playbook, "-i", ExchangeLab.fleet, "-o", folder]
            let asked = try await mtactl(words, bench)
            #expect(asked.status == 0, "\(asked)")
            let facts = try await answer("facts", "\(folder)/\(host)-facts.ps1", on: host, bench)
            let said = try await mtactl(["report", facts], bench)
            #expect(said.status == 0 && said.output.contains("exchange"), "\(said)")
            let made = try await mtactl(words + ["--facts", facts], bench)
            #expect(made.status == 0, "\(made)")
            return "\(folder)/\(host).ps1"
        }

        private func report(
            _ action: String,
            _ script: String,
            on host: String,
            _ bench: Workbench,
            exit status: Int32 = 0
        ) async throws -> Lab.Ended {
            let answer = try await answer(action, script, on: host, bench)
            let ended = try await mtactl(["report", answer, "--json"], bench)
            #expect(ended.status == status, "\(host) \(action): \(ended)")
            return ended
        }

        @Test(arguments: ExchangeLab.up())
        func `a script asks, changes, sends, and puts back, and its answers say so`(host: String) async throws {
            let bench = try Workbench()
            try await ExchangeLab.prepare(host, model: "dns")
            let before = try await ExchangeLab.connectors(of: host)
            let script = try await script(for: host, bench)
            let place = try Recorded.place()

            #expect(try await report("check", script, on: host, bench).outcomes() == [host: "would-change"])
            #expect(try await ExchangeLab.connectors(of: host) == before)
            #expect(try await report("apply", script, on: host, bench).outcomes() == [host: "committed"])
            #expect(try await ExchangeLab.connectors(of: host) != before)
            let sent = try await report("verify", script, on: host, bench)
            #expect(sent.said("outcome", of: host) == "as-asked", "\(sent)")
            let address = try ExchangeLab.address(of: host)
            let arrived = try Recorded.all(since: place).filter { $0.event == "message" && $0.client == address }
            #expect(arrived.contains { $0.server.hasPrefix("outgoing") && $0.login == "out@example.com" }, "\(arrived)")
            #expect(
                try await report("check", script, on: host, bench, exit: 1).said("reason", of: host)
                    .contains("was changed since")
            )
            #expect(try await report("undo", script, on: host, bench).outcomes() == [host: "rolled-back"])
            #expect(try await ExchangeLab.connectors(of: host) == before)
        }

        @Test func `a script changes nothing once somebody else has, and goes back where the host refuses a step`()
            async throws
        {
            let (host, bench) = (try ExchangeLab.host(), try Workbench())
            try await ExchangeLab.prepare(host, model: "dns")
            let script = try await script(for: host, bench)
            try await Lab.on(host, "stand-in change Internet Comment '\"another\"'")
            let before = try await ExchangeLab.connectors(of: host)

            let refused = try await report("apply", script, on: host, bench, exit: 1)

            #expect(refused.outcomes() == [host: "refused"])
            #expect(try await ExchangeLab.connectors(of: host) == before)
        }
    }
}
