import Foundation
import Testing

extension RealHosts {
    /// A whole life of a Send connector, on the stand-in for Exchange 2016: `Tests/Lab/exchange`.
    @Suite(.enabled(if: ExchangeLab.isUp, "the lab is up without exch16")) struct ExchangeTests {
        private let host = "exch16"

        private func playbook(_ bench: Workbench, replaceOthers: String = "disable") throws -> String {
            try bench.write(
                "exchange.yml",
                """
                smarthosts:
                  filter:
                    host: outgoing.example.net
                    port: 587
                    tls: required
                    login: {username: out@example.com, password: env:FILTER_PASSWORD}
                plays:
                  - name: test
                    hosts: \(host)
                    routes: {default: filter}
                    exchange: {connector: Smart host to Internet, replace-others: \(replaceOthers)}
                verify: {to: postmaster@remote.test, from: sender@example.com, within: 90s}

                """
            )
        }

        private static let secret = ["FILTER_PASSWORD": "secret of out"]

        /// The connectors of the organisation, as its first domain controller has them.
        private func connectors() async throws -> String {
            let lines = try await Lab.on(host, "stand-in connectors").split(separator: "\n").map(String.init)
            return lines.filter { $0.contains("dc1") }.joined(separator: "\n")
        }

        @Test(arguments: ["clean", "dns", "login", "two"])
        func `a connector is made, is as asked then, and goes again`(model: String) async throws {
            try await Lab.reset(host)
            try await Lab.on(host, "stand-in model \(model)")
            let bench = try Workbench()
            let playbook = try playbook(bench)
            let before = try await connectors()

            let plan = try await Lab.mtactl("plan", playbook, "--json", environment: Self.secret)
            #expect(plan.outcomes() == [host: "would-change"], "\(plan)")
            #expect(try await connectors() == before, "planning touches nothing")

            let applied = try await Lab.mtactl("apply", playbook, "--yes", "--json", environment: Self.secret)
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(!applied.description.contains("secret of out"))

            let again = try await Lab.mtactl("apply", playbook, "--yes", "--json", environment: Self.secret)
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let checked = try await Lab.mtactl("check", playbook, "--json", environment: Self.secret)
            #expect(checked.status == 0, "\(checked)")

            let back = try await Lab.mtactl("rollback", "--yes", "--json", "-l", host)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(Self.lasting(try await connectors()) == Self.lasting(before))
        }

        @Test func `a password that the smarthost refuses leaves all as it was`() async throws {
            try await Lab.reset(host)
            try await Lab.on(host, "stand-in model dns")
            let bench = try Workbench()
            let before = try await connectors()

            let applied = try await Lab.mtactl(
                "apply",
                try playbook(bench),
                "--yes",
                "--json",
                environment: ["FILTER_PASSWORD": "wrong"]
            )

            #expect(applied.outcomes() == [host: "rolled-back"], "\(applied)")
            #expect(Self.lasting(try await connectors()) == Self.lasting(before))
        }

        /// Without when something was changed last.
        private static func lasting(_ connectors: String) -> [String] {
            connectors.split(separator: "\n").map { line in
                let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
                let lasting = object.filter { !$0.key.lowercased().contains("when") }
                return lasting.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            }
            .sorted()
        }
    }
}

enum ExchangeLab {
    /// Whether the lab that is up has a stand-in for Exchange 2016.
    static var isUp: Bool {
        let table = (try? String(contentsOfFile: "\(Lab.root)Tests/Lab/run/hosts.table", encoding: .utf8)) ?? ""
        return Lab.isUp && table.split(separator: "\n").contains { $0.hasPrefix("exch16 ") }
    }
}
