import Foundation
import Testing

/// What happened to one walkthrough on one release.
struct ExchangeCell: Sendable, Codable, Equatable {
    var walkthrough: String
    var release: String
    /// `yes`, `refused: …`, `put back: …`.
    var answer: String

    init(_ walkthrough: Walkthrough, _ host: String, _ answer: String) {
        self.walkthrough = walkthrough.title
        release = ExchangeLab.releases[host] ?? host
        self.answer = answer
    }
}

/// All cells, as the last recording left them next to this file; the table of `docs/mail-servers.md` is made from them.
enum ExchangeCells {
    static let isRecording = Cells.isRecording
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cells.json")
    private static let section = MarkedSection(file: "docs/mail-servers.md", name: "exchange")

    static func all() throws -> [ExchangeCell] {
        try JSONDecoder().decode([ExchangeCell].self, from: Data(contentsOf: file))
    }

    /// Puts what was found in place of what was recorded, and the table into the document.
    static func record(_ found: [ExchangeCell]) throws {
        let isFound = { (cell: ExchangeCell) in
            found.contains { $0.walkthrough == cell.walkthrough && $0.release == cell.release }
        }
        let rows = (try all().filter { !isFound($0) } + found)
            .sorted { ($0.walkthrough, $0.release) < ($1.walkthrough, $1.release) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8).write(to: file)
        try section.replace(with: table(rows))
    }

    static func written() throws -> String { try section.text() }

    static func table(_ cells: [ExchangeCell]) -> String {
        let releases = ExchangeLab.releases.values.filter { release in cells.contains { $0.release == release } }
            .sorted()
        var notes: [String] = []
        let rows = Walkthrough.all.map { walkthrough in
            [walkthrough.title]
                + releases.map { release in
                    let cell = cells.first { $0.walkthrough == walkthrough.title && $0.release == release }
                    guard let answer = cell?.answer else { return "" }
                    let word = answer.prefix { $0 != ":" }
                    if word == answer { return answer }
                    if !notes.contains(answer) { notes.append(answer) }
                    return "\(word) (\((notes.firstIndex(of: answer) ?? 0) + 1))"
                }
        }
        let heading = ["walkthrough"] + releases
        let lines = ([heading, heading.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
        let below = notes.enumerated().map { "\($0.offset + 1). \($0.element)" }
        return (lines + (below.isEmpty ? [] : [""] + below)).joined(separator: "\n") + "\n"
    }
}

@Suite struct ExchangeTableTests {
    @Test(.disabled(if: ExchangeCells.isRecording, "the table is written with the cells"))
    func `the document has the table that the cells make`() throws {
        #expect(try ExchangeCells.written() == ExchangeCells.table(try ExchangeCells.all()))
    }
}
