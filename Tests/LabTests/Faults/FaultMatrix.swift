import Foundation
import Testing

/// What happened to one fault at all its points on one server.
struct FaultCell: Codable, Sendable, Equatable, CustomStringConvertible {
    var fault: Fault
    var server: String
    var points: Int
    var violations: Int
    var seconds: Int

    var description: String {
        "\(server), \(fault.rawValue): \(points) points, \(violations) violations, \(seconds) s"
    }
}

/// All cells, as the last recording left them next to this file; `docs/faults.md` is made from them.
actor FaultMatrix {
    static let shared = FaultMatrix()

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "faults.json")
    private static let section = MarkedSection(file: "docs/faults.md", name: "faults")
    private static let asked = ProcessInfo.processInfo.environment["MTACTL_FAULTS"] ?? ""

    /// `MTACTL_FAULTS`: `all`, or names of `Fault` with commas.
    static let isWanted = !asked.isEmpty
    static let wanted = Fault.allCases.filter { asked == "all" || asked.split(separator: ",").contains("\($0)"[...]) }

    /// At once: it is watched for a long time.
    func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    static func all() throws -> [FaultCell] {
        try JSONDecoder().decode([FaultCell].self, from: Data(contentsOf: file))
    }

    func record(_ cell: FaultCell) throws {
        let others = try Self.all().filter { $0.fault != cell.fault || $0.server != cell.server }
        let order = { (cell: FaultCell) in
            (
                Fault.allCases.firstIndex(of: cell.fault) ?? 0,
                FaultyServer.all.firstIndex { $0.name == cell.server } ?? 0
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let cells = (others + [cell]).sorted { order($0) < order($1) }
        let lines = try cells.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8).write(to: Self.file)
        try Self.section.replace(with: Self.table(cells))
    }

    static func written() throws -> String { try section.text() }

    static func table(_ cells: [FaultCell]) -> String {
        let servers = FaultyServer.all.map(\.name)
        let rows = Fault.allCases.map { fault in
            [fault.rawValue] + servers.map { words(cells.filter { $0.fault == fault }, on: $0) }
        }
        let sums = ["in all"] + servers.map { words(cells, on: $0) }
        let heading = ["points, violations"] + servers
        return ([heading, heading.map { _ in "---" }] + rows + [sums]).map { "| \($0.joined(separator: " | ")) |\n" }
            .joined()
    }

    private static func words(_ cells: [FaultCell], on server: String) -> String {
        let own = cells.filter { $0.server == server }
        if own.isEmpty { return "" }
        return "\(own.reduce(0) { $0 + $1.points }), \(own.reduce(0) { $0 + $1.violations })"
    }
}

@Suite struct FaultMatrixTests {
    @Test(.disabled(if: Cells.isRecording, "the table is written with the cells"))
    func `the document has the table of faults, and no violation`() throws {
        #expect(try FaultMatrix.written() == FaultMatrix.table(try FaultMatrix.all()))
        #expect(try FaultMatrix.all().allSatisfy { $0.violations == 0 })
    }
}
