import Foundation
import Testing

extension RealHosts {
    /// Each walkthrough on each release that is up, from the plan to the rollback.
    @Suite(.enabled(if: ExchangeLab.isUp, "the lab is up without a stand-in for Exchange"))
    struct WalkthroughTests {
        @Test(arguments: Walkthrough.all)
        func `is planned, applied, proved, left alone the second time and put back to the property, or refused`(
            _ walkthrough: Walkthrough
        ) async throws {
            let hosts = ExchangeLab.up()
            let found = await withTaskGroup(of: ExchangeCell?.self) { group -> [ExchangeCell] in
                for host in hosts {
                    group.addTask {
                        do { return try await cell(walkthrough, on: host) } catch {
                            // The other hosts go on.
                            Issue.record("\(host): \(error)")
                            return nil
                        }
                    }
                }
                return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }

            if ExchangeCells.isRecording { try ExchangeCells.record(found) }
            let recorded = try ExchangeCells.all()
            for cell in found { #expect(recorded.contains(cell), "\(cell)") }
        }

        private func cell(_ walkthrough: Walkthrough, on host: String) async throws -> ExchangeCell {
            let bench = try Workbench()
            try await ExchangeLab.prepare(host, model: walkthrough.model, walkthrough.given)
            let playbook = try bench.write("playbook.yml", walkthrough.playbook(for: host))
            let before = try await ExchangeLab.connectors(of: host)

            let tree = try await Lab.tree(host)
            let plan = try await ExchangeLab.mtactl("plan", playbook, "--json")
            #expect(try await Lab.tree(host) == tree, "planning touches nothing")
            let refusal = walkthrough.refusals[host]
            if let refusal {
                #expect(plan.said("reason", of: host).contains(refusal), "\(plan)")
                #expect(plan.said("outcome", of: host) == "refused")
                return ExchangeCell(walkthrough, host, "refused: \(plan.said("reason", of: host))")
            }
            #expect(plan.said("outcome", of: host) == "would-change", "\(host): \(plan)")
            if let words = walkthrough.putBack {
                return try await putBack(walkthrough, words, on: host, playbook, before)
            }
            try await done(walkthrough, on: host, playbook, before)
            return ExchangeCell(walkthrough, host, "yes")
        }

        private func done(
            _ walkthrough: Walkthrough,
            on host: String,
            _ playbook: String,
            _ before: [String]
        ) async throws {
            let place = try Recorded.place()
            let applied = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            try expectArrived(walkthrough.way, from: host, since: place)

            let again = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            #expect(again.outcomes() == [host: "as-asked"], "\(again)")
            let checked = try await ExchangeLab.mtactl("check", playbook)
            #expect(checked.status == 0, "\(checked)")

            let back = try await ExchangeLab.mtactl("rollback", "--yes", "--json", "-l", host)
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            #expect(try await ExchangeLab.connectors(of: host) == before)
        }

        private func putBack(
            _ walkthrough: Walkthrough,
            _ words: String,
            on host: String,
            _ playbook: String,
            _ before: [String]
        ) async throws -> ExchangeCell {
            let applied = try await ExchangeLab.mtactl("apply", playbook, "--yes", "--json")
            #expect(applied.outcomes() == [host: "rolled-back"], "\(applied)")
            #expect(applied.said("reason", of: host).contains(words), "\(applied)")
            #expect(!applied.said("hint", of: host).isEmpty)
            #expect(try await ExchangeLab.connectors(of: host) == before)
            return ExchangeCell(walkthrough, host, "put back: \(words)")
        }

        private func expectArrived(_ way: Walkthrough.Way, from host: String, since place: UInt64) throws {
            let address = try ExchangeLab.address(of: host)
            let messages = try Recorded.all(since: place).filter { $0.event == "message" && $0.client == address }
            let message = try #require(messages.first, "the smarthosts have no message of \(host)")
            #expect(message.server.hasPrefix(way.server) && message.where == "smarthost", "\(message)")
            #expect(message.port == way.port && message.login == way.login && message.tls == way.hasTLS, "\(message)")
        }
    }
}
