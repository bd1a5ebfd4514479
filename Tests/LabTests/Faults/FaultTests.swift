import Foundation
import Testing

extension RealHosts {
    /// Whatever breaks at whatever line of a transaction, the host is as found, or as asked and confirmed.
    @Suite struct FaultTests {
        /// All faults at all lines, on all servers that are up: `make fault-matrix`.
        @Test(.enabled(if: FaultMatrix.isWanted, "`make fault-matrix`"))
        func `a fault at every line leaves the host as found, or as asked and confirmed`() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in FaultyServer.all {
                    let hosts = try server.hosts()
                    if !hosts.isEmpty { group.addTask { try await tryAll(server, hosts) } }
                }
                try await group.waitForAll()
            }
            if Cells.isRecording { await FaultMatrix.shared.say(FaultMatrix.table(try FaultMatrix.all())) }
        }

        private func tryAll(_ server: FaultyServer, _ hosts: [String]) async throws {
            var bench = try await FaultBench(server, on: hosts)
            for fault in FaultMatrix.wanted {
                let start = ContinuousClock.now
                let points = FaultPoint.all(of: fault, in: bench.lines)
                var violations: [String] = []
                for some in points.pieces(of: hosts.count) {
                    let byHost = Dictionary(uniqueKeysWithValues: zip(hosts, some))
                    var trial = FaultTrial(bench: bench, fault: fault, points: byHost)
                    let found = try await trial.run()
                    violations += found
                    if !found.isEmpty { bench = try await FaultBench(server, on: hosts) }
                }
                let cell = FaultCell(
                    fault: fault,
                    server: server.name,
                    points: points.count,
                    violations: violations.count,
                    seconds: Int((ContinuousClock.now - start).components.seconds)
                )
                await FaultMatrix.shared.say("\(cell)\n" + violations.map { "  \($0)\n" }.joined())
                #expect(violations == [], "\(cell)")
                if Cells.isRecording { try await FaultMatrix.shared.record(cell) }
            }
            try await Lab.reset(hosts)
        }

        /// The short form: every line once, each with the next of the faults that can happen at any line.
        @Test func `a fault at every line of a transaction on Postfix`() async throws {
            let server = FaultyServer.all[0]
            let hosts = try server.hosts()
            let bench = try await FaultBench(server, on: hosts)
            let faults = Fault.allCases.filter { $0.points(in: bench.lines).count == bench.lines.count }
            for (turn, fault) in faults.enumerated() {
                let points = FaultPoint.all(of: fault, in: bench.lines).enumerated()
                    .filter { $0.offset % faults.count == turn }.map(\.element)
                for some in points.pieces(of: hosts.count) {
                    let byHost = Dictionary(uniqueKeysWithValues: zip(hosts, some))
                    var trial = FaultTrial(bench: bench, fault: fault, firesSwitch: true, points: byHost)
                    #expect(try await trial.run() == [])
                }
            }
            try await Lab.reset(hosts)
        }
    }
}

extension Array {
    /// The elements in order, so many at a time.
    fileprivate func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
