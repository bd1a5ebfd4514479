import ArgumentParser
import Foundation
import MTAPlan
import Testing

@testable import mtactl

/// Inventories as people have them: small copies, with what must come of them next to them.
@Suite struct WildInventoryTests {
    static let folder = "\(Program.root)/Tests/mtactlTests/Inventories".replacing("//", with: "/")
    static let cases = WildCase.names(in: folder)

    @Test func `there are cases`() {
        #expect(Self.cases.count >= 25)
    }

    /// `MTACTL_RECORD=1` writes what comes of them again.
    @Test(arguments: cases)
    func `an inventory as people have it`(_ name: String) async throws {
        let folder = "\(Self.folder)/\(name)"
        var text = ""
        for line in try String(contentsOfFile: "\(folder)/runs", encoding: .utf8).split(separator: "\n") {
            text += "# \(line)\n" + (await Self.shown(line.split(separator: " ").map(String.init), in: folder)) + "\n"
        }
        text = text.replacing("\(folder)/", with: "")
        if ProcessInfo.processInfo.environment["MTACTL_RECORD"] == "1" {
            try text.write(toFile: "\(folder)/expected", atomically: true, encoding: .utf8)
        }

        #expect(text == (try String(contentsOfFile: "\(folder)/expected", encoding: .utf8)))
    }

    /// Words: sources, and `book=FOLDER` where there is a playbook.
    private static func shown(_ words: [String], in folder: String) async -> String {
        do {
            let sources = words.filter { !$0.contains("=") }.map { $0.contains(",") ? $0 : "\(folder)/\($0)" }
            let book = words.first { $0.hasPrefix("book=") }.map { "\(folder)/\($0.dropFirst(5))" }
            var reader = InventoryReader()
            if let name = words.first(where: { $0.hasPrefix("cfg=") }) {
                reader.configurationFile = "\(folder)/\(name.dropFirst(4))"
            }
            let options = try InventoryOptions.parse(sources.flatMap { ["-i", $0] })
            let inventory = try await reader.inventory(options, nil, playbookFolder: book)
            let warnings = FailureSummary.ofKinds(inventory.warnings).map { "warning: \($0)\n" }
            return inventory.hosts.map(host).joined() + warnings.joined()
        } catch {
            let failures = (error as? Failures)?.all ?? (error as? Failure).map { [$0] } ?? []
            return failures.map { "error: \($0)\n" }.joined()
        }
    }

    private static func host(_ host: InventoryHost) -> String {
        let connection = host.connection
        var words = [host.name]
        if connection.address != host.name { words.append("address=\(connection.address)") }
        if let port = connection.port { words.append("port=\(port)") }
        if let user = connection.user { words.append("user=\(user)") }
        if let file = connection.identityFile { words.append("key=\(file)") }
        if let become = connection.become { words.append("become=\(become)") }
        var lines = [words.joined(separator: " ")]
        for (kind, failure) in host.withheld.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            lines.append("  no \(kind) password: \(failure)")
        }
        for problem in host.problems { lines.append("  refused: \(problem)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
