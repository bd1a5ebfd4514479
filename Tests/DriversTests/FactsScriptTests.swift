import Foundation
import MTAPlan
import MailServers
import Subprocess
import Testing

@testable import Drivers

/// `facts.sh` itself, under every shell that it has to run under.
@Suite("facts.sh")
struct FactsScriptTests {
    private static let shells = [["dash"], ["bash"], ["busybox", "sh"], ["mksh"]]

    /// A product that any host has.
    private struct StandIn: Product {
        let recognition = Recognition("standin")
        let factsScript = Array(
            """
            server standin no-such-program sh
            found standin standin_own
            panel standinpanel /no/such/folder /etc/passwd
            logs standin.log
            version_of_standin() { ask mta.version.standin echo "version of $1"; }
            standin_own() { program=/found/by/itself; }
            standin_facts() { answer standin.answer "$dialect"; }
            asks standin_facts

            """.utf8
        )
    }

    private func facts(_ shell: [String], _ questions: String, of products: [any Product] = []) async throws -> Facts {
        let program =
            Array("N=5eed\n".utf8) + FactsScript(asking: products).text(for: .plan).dropLast("bye\n".utf8.count)
            + Array("\(questions)\nbye\n".utf8)
        let ended = try await run(
            .name(shell[0]),
            arguments: Arguments(shell.dropFirst() + ["-s"]),
            input: .array(program),
            output: .bytes(limit: 64 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(ended.standardError == "")
        return try FactsParser.facts(from: ended.standardOutput, nonce: "5eed")
    }

    @Test(arguments: shells) func `commands answer with all that they print, and how they end`(shell: [String])
        async throws
    {
        let facts = try await facts(
            shell,
            """
            ask a.both sh -c 'printf "out\\n\\n"; printf "one\\ntwo\\n" >&2; exit 3'
            ask a.bytes printf '\\001\\000@5ee\\n'
            ask a.none no-such-program-at-all with words
            asked_here() { echo "of a function: $1"; return 4; }
            ask a.function asked_here 'two words'
            ask a.stdin cat
            """
        )

        #expect(
            facts.answers.filter { $0.key.hasPrefix("a.") } == [
                "a.both": .init(output: Array("out\n\n".utf8), errors: Array("one\ntwo".utf8), status: 3),
                "a.bytes": .init(output: Array("\u{1}\0@5ee\n".utf8)),
                "a.none": .init(output: [], status: 127),
                "a.function": .init(output: Array("of a function: two words\n".utf8), status: 4),
                "a.stdin": .init(output: []),
            ]
        )
        #expect(facts.text("host.name")?.isEmpty == false)
    }

    @Test(arguments: shells) func `a product is found by what its own part says`(shell: [String]) async throws {
        let facts = try await facts(shell, "", of: [StandIn(), StandIn()])

        let programs = try #require(facts.text("mta.programs")).split(separator: "\n")
        #expect(programs.count == 2)
        #expect(programs.first?.hasPrefix("standin /") == true)
        #expect(programs.first?.hasSuffix("/sh") == true)
        #expect(programs.last == "standin /found/by/itself")
        #expect(facts.text("mta.panels") == "standinpanel /etc/passwd")
        #expect(facts.text("mta.version.standin")?.hasSuffix("/sh") == true)
        #expect(facts.text("standin.answer") == "gnu")
    }

    @Test(arguments: shells) func `every product's part is right under every shell`(shell: [String]) async throws {
        let facts = try await facts(shell, "", of: Catalog.products)

        #expect(facts.text("mta.panels") != nil)
    }

    @Test(arguments: shells) func `files answer with what they are, and nothing is changed`(shell: [String])
        async throws
    {
        let folder = URL(filePath: "/tmp/mtactl-facts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "sub"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { "\(folder.path)/\(name)" }
        let bytes = Array("a\r\nb\n@5eed end 0\0\n\n".utf8)
        let name = "-a  b'c$d \"e "
        try Data(bytes).write(to: folder.appending(path: name))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o2640, .ownerAccountID: 54321, .groupOwnerAccountID: 8],
            ofItemAtPath: path(name)
        )
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: name)
        try FileManager.default.createSymbolicLink(atPath: path("dangling"), withDestinationPath: "nothing")
        try Data().write(to: folder.appending(path: "empty"))
        try Data(count: 8 << 20 | 1).write(to: folder.appending(path: "large"))
        let asked = ["link", "dangling", "empty", "large", "sub", "none", "link"]
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path)

        let facts = try await facts(
            shell,
            "file " + asked.map { "'\(path($0))'" }.joined(separator: " ") + "\nfile '\(path("link"))'"
        )

        let link = try #require(facts.file(path("link")))
        #expect(link.realPath == path(name))
        #expect(link.bytes == bytes)
        #expect(link.mode == FileMode(rawValue: 0o2640))
        #expect(link.owner == "54321")
        #expect(link.group == "mail")
        #expect(link.inode > 0)
        #expect(!link.changed.isEmpty)
        #expect(facts.file(path("empty"))?.bytes == [])
        #expect(facts.files[path("dangling")] == .unreadable("a link to nothing"))
        #expect(facts.files[path("large")] == .unreadable("too big"))
        #expect(facts.files[path("sub")] == .unreadable("not a file"))
        #expect(facts.files[path("none")] == .absent)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == before)
    }

    @Test(arguments: shells) func `a folder that is a link is followed in every question`(shell: [String]) async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mtactl-facts-\(UUID())")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "real/sub"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { "\(folder.path)/\(name)" }
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "real")
        for name in ["sub/a", "sub/b", "c"] { try Data().write(to: folder.appending(path: "real/\(name)")) }
        let asked = ["real/c", "link/sub/a", "link/sub/b", "link/c", "real/sub/a"]

        let facts = try await facts(shell, asked.map { "file '\(path($0))'" }.joined(separator: "\n"))

        for name in asked {
            #expect(facts.file(path(name))?.realPath == path(name).replacing("/link/", with: "/real/"))
        }
    }
}
