import Foundation

/// The table of the README: which server does what.
enum MatrixTable {
    private static let file = URL(filePath: "\(Lab.root)README.md")
    private static let marks = (begin: "<!-- table: servers -->\n", end: "<!-- /table -->")

    /// What stands in the README.
    static func written() throws -> String {
        let text = try String(contentsOf: file, encoding: .utf8)
        return String(text[try place(in: text)])
    }

    static func write(_ table: String) throws {
        var text = try String(contentsOf: file, encoding: .utf8)
        text.replaceSubrange(try place(in: text), with: table)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private static func place(in text: String) throws -> Range<String.Index> {
        guard let begin = text.range(of: marks.begin), let end = text.range(of: marks.end) else {
            throw LabFailure(text: "README.md has no \(marks)")
        }
        return begin.upperBound..<end.lowerBound
    }

    static func table(_ servers: [LabServer], _ cells: [Cell]) -> String {
        var notes: [String] = []
        let shared = Scenario.all.filter { $0.only == nil }
        let heading = ["mail server"] + shared.map { "\(link($0)) \($0.title)" } + ["its own"]
        let met = servers.filter { server in cells.contains { $0.server == server.name } }
        let rows = met.map { server in
            let found = { (scenario: Scenario) in
                cells.first { $0.scenario == scenario.number && $0.server == server.name }
            }
            let own = Scenario.all.first { $0.only?.contains(server.name) == true }
            return [name(server)] + shared.map { found($0).map { words(for: $0, &notes) } ?? "" }
                + [own.flatMap { own in found(own).map { "\(link(own)) \(words(for: $0, &notes))" } } ?? ""]
        }
        let lines = ([heading, heading.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
        let footnotes = notes.enumerated().map { "\($0 + 1). \($1)" }
        return (lines + (footnotes.isEmpty ? [] : [""] + footnotes)).joined(separator: "\n") + "\n"
    }

    private static func link(_ scenario: Scenario) -> String {
        "[\(scenario.number)](Playbooks/\(scenario.playbook).yml)"
    }

    private static func name(_ server: LabServer) -> String {
        let versions = Set(server.hosts.values).sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        return "\(server.name) \(versions.joined(separator: ", "))\(server.standsInFor.map { " (\($0))" } ?? "")"
    }

    private static func words(for cell: Cell, _ notes: inout [String]) -> String {
        var note: String?
        if let conceding = cell.conceding { note = "with \(conceding.joined(separator: " and "))" }
        if let refusal = cell.refusal {
            note = (note.map { "\($0), " } ?? "") + "refused: \(refusal.reason) (\(refusal.hint))"
        }
        let answer = cell.refusal == nil ? "yes" : "no"
        guard let note else { return answer }
        let number = notes.firstIndex(of: note) ?? notes.endIndex
        if number == notes.endIndex { notes.append(note) }
        return "\(answer) [\(number + 1)]"
    }
}
