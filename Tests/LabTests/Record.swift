import Foundation

/// What arrived at the lab's smarthosts and its internet.
struct Recorded: Decodable, Sendable, Equatable {
    var event: String
    /// `smarthost` or `internet`.
    var `where`: String
    var server: String
    var port: Int
    var tls: Bool
    var login: String?
    var from: String?
    var to: [String]?
    var messageId: String?
    var client: String?
    var helo: String?
    /// The message's file in the lab's folder.
    var file: String?

    /// The message as it arrived.
    var text: String {
        get throws { try String(contentsOfFile: "\(Lab.folder)/\(file ?? "")", encoding: .utf8) }
    }

    /// What `lab record --json` prints, from its file; only what came after a place in it, where one is given.
    static func all(since place: UInt64 = 0) throws -> [Recorded] {
        let file = try FileHandle(forReadingFrom: URL(filePath: "\(Lab.folder)/record.jsonl"))
        defer { try? file.close() }
        try file.seek(toOffset: place)
        // The last row may be half written; each ends with a newline.
        let rows = (try file.readToEnd() ?? Data()).split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        return try rows.dropLast().map { try JSONDecoder().decode(Recorded.self, from: $0) }
    }

    /// The place in the record after what has arrived so far.
    static func place() throws -> UInt64 {
        try FileManager.default.attributesOfItem(atPath: "\(Lab.folder)/record.jsonl")[.size] as? UInt64 ?? 0
    }

    /// The message with this Message-ID, as soon as it arrived.
    static func message(_ id: String, within seconds: Int = 30) async throws -> Recorded {
        guard let found = try await messages([id], within: seconds)[id]?.first else {
            throw LabFailure(text: "no message \(id) arrived within \(seconds) s")
        }
        return found
    }

    /// What arrived of the messages with these Message-IDs, as soon as each has arrived, or when the time is up.
    static func messages(
        _ ids: Set<String>,
        since place: UInt64 = 0,
        within seconds: Int
    ) async throws -> [String: [Recorded]] {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let arrived = try all(since: place).filter { $0.event == "message" }
            let found = Dictionary(grouping: arrived) { $0.messageId?.trimmingCharacters(in: .angles) ?? "" }
                .filter { ids.contains($0.key) }
            if found.count == ids.count || ContinuousClock.now >= end { return found }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

extension CharacterSet {
    fileprivate static let angles = CharacterSet(charactersIn: "<> ")
}
