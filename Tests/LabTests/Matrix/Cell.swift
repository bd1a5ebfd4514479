import Foundation

/// What happened to one scenario on one server.
struct Cell: Sendable, Codable, Equatable {
    struct Refusal: Sendable, Codable, Equatable {
        var reason: String
        var hint: String
    }

    var scenario: Int
    var server: String
    /// `nil` where mail was delivered as asked.
    var refusal: Refusal?
    /// What the playbook had to concede.
    var conceding: [String]?
}

/// All cells, as the last recording left them next to this file; `docs/mail-servers.md` is made from them.
enum Cells {
    static let isRecording = ProcessInfo.processInfo.environment["MTACTL_RECORD"] == "1"
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cells.json")

    static func all() throws -> [Cell] { try JSONDecoder().decode([Cell].self, from: Data(contentsOf: file)) }

    /// Puts what was found in place of what was recorded for a scenario and some servers.
    static func record(_ found: [Cell], of scenario: Scenario, on servers: [LabServer]) throws {
        let names = servers.map(\.name)
        let rows = (try all().filter { $0.scenario != scenario.number || !names.contains($0.server) } + found)
            .sorted { ($0.scenario, $0.server) < ($1.scenario, $1.server) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8).write(to: file)
    }
}
