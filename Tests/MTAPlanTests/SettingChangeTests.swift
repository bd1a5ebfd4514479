import Foundation
import MTAPlan
import Testing

/// What is shown, saved and compared of a value that a program of the host reads and writes.
@Suite struct SettingChangeTests {
    private static let reference = SecretReference.environment("PASSWORD")
    private static let secrets = Secrets([reference: Secret(Array("hunter2".utf8))])
    private static let wanted = Content([
        .bytes(Array("out:".utf8)), .secret(reference, .plain), .bytes(Array("@relay.example".utf8)),
    ])

    private func facts(_ value: String) -> Facts { Facts(answers: ["relay": .init(output: Array("\(value)\n".utf8))]) }

    private func change(from value: String, to wanted: Content = Self.wanted, argument: Bool = true) throws
        -> SettingChange
    {
        try SettingChange(
            "Relay",
            answer: "relay",
            in: facts(value),
            read: ["tool", "get", "Relay"],
            write: argument ? .argument(["tool", "set", "Relay"]) : .input(["tool", "take", "Relay"]),
            wanted: wanted,
            // What is before an `@` is a login.
            isHarmless: !value.contains("@")
        )
    }

    private func shown(_ change: SettingChange) throws -> Edit {
        var change = change
        let glossary = Glossary(["relay", "secret"], own: ["out relay.example env:PASSWORD"])
        try change.show(by: glossary, secrets: Self.secrets)
        return change.edit
    }

    private func saved(_ change: SettingChange) throws -> (text: String, change: SettingChange) {
        let data = try JSONEncoder().encode(change)
        return (String(decoding: data, as: UTF8.self), try JSONDecoder().decode(SettingChange.self, from: data))
    }

    @Test func `no secret is shown, neither ours nor the host's`() throws {
        let edit = try shown(change(from: "old:letmein@old.example"))

        #expect(edit.subject == .setting && edit.name == "Relay" && edit.verb == .edit)
        #expect(edit.diff.contains("\n-…\n+out:[secret env:PASSWORD]@relay.example\n"), "\(edit.diff)")
        #expect(try shown(change(from: "old.example")).diff.contains("\n-old.example\n"))
        #expect(try change(from: "old.example").edit.diff.isEmpty)
    }

    @Test func `a saved plan has no hash of a value that holds a secret`() throws {
        let secret = try change(from: "old:letmein@old.example")
        let plain = try change(from: "old.example")

        #expect(secret.isSecret && plain.isSecret)
        #expect(secret.expected != nil)
        #expect(try saved(secret).change.expected == nil)
        #expect(try saved(plain).change.expected == plain.expected)
        let text = try saved(secret).text
        #expect(!text.contains("letmein") && !text.contains("hunter2") && !text.contains(secret.expected ?? "?"))
    }

    @Test func `a saved change is filled where the value is as it was, and refused where it is not`() throws {
        let plain = try saved(change(from: "old.example")).change
        let secret = try saved(change(from: "old:letmein@old.example")).change

        #expect(try plain.filled(from: facts("old.example")).expected == plain.expected)
        #expect(throws: Failure.self) { try plain.filled(from: facts("theirs.example")) }
        #expect(throws: Failure.self) { try plain.filled(from: Facts()) }
        // Of a secret it is not known; the host compares from now on.
        #expect(try secret.filled(from: facts("a:b@c")).expected != nil)
    }

    @Test func `it is done where the host has the value`() throws {
        let change = try saved(change(from: "old.example")).change

        #expect(try change.isDone(in: facts("out:hunter2@relay.example"), secrets: Self.secrets) == true)
        #expect(try change.isDone(in: facts("old.example"), secrets: Self.secrets) == false)
    }

    @Test func `a secret that has to be an argument is told of in the plan`() throws {
        let argument = Proposal(POSIXWork(files: [], settings: [try change(from: "x")], reload: []), notes: ["a note"])
        let input = Proposal(POSIXWork(files: [], settings: [try change(from: "x", argument: false)], reload: []))
        let plain = try change(from: "x", to: Content("relay.example"))

        #expect(argument.notes.count == 2 && argument.notes[1].contains("process list"))
        #expect(input.notes == [])
        #expect(plain.exposure == nil)
        #expect(argument.edits.map(\.name) == ["Relay"])
        #expect(argument.work.secrets == [Self.reference])
    }

    @Test func `a value that the facts do not have is no value`() {
        #expect(throws: Failure.self) {
            try SettingChange(
                "Relay",
                answer: "no such",
                in: facts("x"),
                read: ["tool"],
                write: .input(["tool"]),
                wanted: Content("y")
            )
        }
    }
}
