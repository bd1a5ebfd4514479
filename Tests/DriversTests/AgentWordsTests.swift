import Foundation
import Testing

@testable import Drivers

/// The agent's words and those of Swift are the same.
@Suite("Agent, words")
struct AgentWordsTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    private static let agent = String(decoding: AgentProgram.text, as: UTF8.self)

    /// All that is written in Swift.
    private static func swift() throws -> String {
        try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOf: sources.appending(path: $0), encoding: .utf8) }.joined(separator: "\n")
    }

    /// The verbs that `call` lets through.
    private static func verbs() throws -> Set<String> {
        let call = try #require(
            agent.components(separatedBy: "\ncall() {").last?.components(separatedBy: "\n}\n").first
        )
        let cases = call.components(separatedBy: "case $verb in")[1].components(separatedBy: "esac")[0]
        let patterns = cases.matches(of: /(?m)^        ([a-z_| ]+)\)/).flatMap { $0.1.split(separator: "|") }
        return Set(patterns.map { $0.trimmingCharacters(in: .whitespaces) })
    }

    @Test func `what Swift calls is what the agent lets be called`() throws {
        let swift = try Self.swift()
        let called = swift.matches(of: /AgentCall\(\s*\["([a-z_]+)"/).map { String($0.1) }.filter { $0 != "with" }
        let verbs = try Self.verbs()

        #expect(Set(called).subtracting(verbs) == [])
        // What only tests call: a run that is given up before anything was changed.
        #expect(verbs.subtracting(called) == ["close"])
        for verb in verbs { #expect(Self.agent.contains("\n\(verb)() {"), "\(verb)") }
    }

    @Test func `every code that Swift has words for is one of the agent's`() throws {
        let failure = Self.sources.appending(path: "Drivers/POSIX/AgentFailure.swift")
        let text = try String(contentsOf: failure, encoding: .utf8)
        let cases = text.matches(of: /case ((?:"[a-z]+"(?:, )?)+)/).map { String($0.1) }
        let known = Set(cases.joined(separator: " ").matches(of: /[a-z]+/).map { String($0.0) })
        let given = Self.agent.matches(of: /\bcode=([a-z]+)/).map { String($0.1) }
        let purposes = ["rebuild", "reload", "health", "discard"]
        let codes = Set(given).union(try Self.verbs()).union(purposes)

        #expect(known.count > 15)
        #expect(known.subtracting(codes) == [])
        // The rest are answered by calls that have words of their own.
        let elsewhere: Set<String> = ["conflict", "damaged", "none", "pending", "stranded"]
        #expect(Set(given).subtracting(known).subtracting(elsewhere) == [])
    }
}
