import Foundation
import MailServers
import Testing

@testable import MTAPlan

/// As the program itself reads them.
extension PlaybookFile {
    init(_ bytes: [UInt8], file: String) throws(Failures) { try self.init(bytes, file: file, in: Catalog.language) }
}

extension Playbook {
    static func load(_ bytes: [UInt8], file: String) throws(Failures) -> Playbook {
        try load(bytes, file: file, in: Catalog.language)
    }

    static func load(text: String, file: String) throws(Failures) -> Playbook {
        try load(text: text, file: file, in: Catalog.language)
    }
}

extension Inventory {
    static func load(_ source: InventorySource) throws(Failures) -> Inventory {
        try load([source], in: Catalog.language)
    }
}

/// The files that come with the program.
enum Examples {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Names of the playbooks, in order.
    static let playbooks: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Playbooks").path)) ?? []
        return all.filter { $0.hasSuffix(".yml") }.sorted()
    }()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appending(path: path)))
    }
}

/// What is wrong with a text, one string each, hints in brackets.
func faults(_ text: String, file: String = "p.yml") -> [String] {
    do throws(Failures) {
        _ = try Playbook.load(text: text, file: file)
        return []
    } catch {
        return error.all.map(shown)
    }
}

func shown(_ failure: Failure) -> String {
    "\(failure.place ?? "?"): \(failure.problem)" + (failure.hint.map { " [\($0)]" } ?? "")
}
