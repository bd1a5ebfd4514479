import Foundation
import Testing

extension RealHosts {
    /// Whatever breaks at whatever line of a transaction, the host is as found, or as asked and confirmed.
    @Suite struct FaultTests {
        @Test(.enabled(if: Faults.areWanted, "`make fault-matrix`"), arguments: FaultyServer.all)
        func `a fault at every line leaves the host as found, or as asked and confirmed`(_ server: FaultyServer)
            async throws
        {
            let hosts = try server.hosts()
            guard !hosts.isEmpty else { return }
            let bench = try await FaultBench(server, on: hosts)
            for fault in Faults.wanted {
                let start = ContinuousClock.now
                let points = fault.points(in: bench.lines)
                var violations: [String] = []
                for first in stride(from: 0, to: points.count, by: hosts.count) {
                    let some = points[first..<min(first + hosts.count, points.count)]
                    let byHost = zip(hosts, some.map { FaultPoint(fault: fault, line: $0, lines: bench.lines) })
                    let trial = FaultTrial(bench: bench, fault: fault, points: Dictionary(uniqueKeysWithValues: byHost))
                    violations += try await trial.run().rows
                }
                print("\(server.name): \(fault.rawValue): \(points.count) points, \(violations.count) violations, \(ContinuousClock.now - start)")
                for violation in violations { print("  \(violation)") }
                #expect(violations == [])
            }
            try await Lab.reset(hosts)
        }
    }
}

enum Faults {
    private static let asked = ProcessInfo.processInfo.environment["MTACTL_FAULTS"] ?? ""
    static let areWanted = !asked.isEmpty

    /// `all`, or names as in the code, with commas.
    static let wanted = Fault.allCases.filter { asked == "all" || asked.split(separator: ",").contains("\($0)"[...]) }
}

extension FaultyServer: CustomTestStringConvertible {
    var testDescription: String { name }
}
