import Testing

/// What happened to one way of being known to the smarthost on one appliance.
struct ApplianceCell: Sendable, Codable, Equatable {
    var appliance: String
    /// `by address`, `with login`.
    var asked: String
    var outcome: String
    /// What `mtactl leave` did after the apply.
    var leave: String
}

/// All cells, as the last recording left them next to this file; the table of `docs/mail-servers.md` is made from them.
enum ApplianceCells {
    private static let file = CellFile<ApplianceCell>("cells.json")
    private static let section = MarkedSection(file: "docs/mail-servers.md", name: "appliances")
    static let ways = ["by address", "with login"]

    static func all() throws -> [ApplianceCell] { try file.read() }

    /// Puts a cell in place of what was recorded, and the table into the document.
    static func record(_ cell: ApplianceCell) throws {
        let rows = (try all().filter { ($0.appliance, $0.asked) != (cell.appliance, cell.asked) } + [cell])
            .sorted { ($0.appliance, $0.asked) < ($1.appliance, $1.asked) }
        try file.write(rows)
        try section.replace(with: table(rows))
    }

    static func written() throws -> String { try section.text() }

    static func table(_ cells: [ApplianceCell]) -> String {
        let heading = ["mail server"] + ways + ["`leave` after the apply"]
        let rows = Appliance.all.map { appliance in
            let found = cells.filter { $0.appliance == appliance.name }
            let leaving = Set(found.map(\.leave)).sorted().joined(separator: "; ")
            return [appliance.name] + ways.map { way in found.first { $0.asked == way }?.outcome ?? "" } + [leaving]
        }
        let lines = markdown(heading, rows)
        return lines.joined(separator: "\n") + "\n"
    }
}

@Suite struct ApplianceTableTests {
    @Test(.disabled(if: Cells.isRecording, "the table is written with the cells"))
    func `the document has the table that the cells make`() throws {
        #expect(try ApplianceCells.written() == ApplianceCells.table(try ApplianceCells.all()))
    }
}
