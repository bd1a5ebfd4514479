import Foundation

/// Cells of a table of the documents, as the last recording left them: JSON, a cell a line, so that a diff shows what changed.
struct CellFile<Cell: Codable> {
    private let file: URL

    /// The file `name` in the folder of the source that asks for it.
    init(_ name: String, in source: String = #filePath) {
        file = URL(filePath: source).deletingLastPathComponent().appending(path: name)
    }

    func read() throws -> [Cell] { try JSONDecoder().decode([Cell].self, from: Data(contentsOf: file)) }

    func write(_ cells: [Cell]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try cells.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8).write(to: file)
    }
}

/// The lines of a table in Markdown.
func markdown(_ heading: [String], _ rows: [[String]]) -> [String] {
    ([heading, heading.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
}
