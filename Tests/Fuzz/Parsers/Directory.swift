import MTAPlan
import Support

@testable import Drivers
@testable import MailServers

extension Parser {
    /// What a directory answers, and what is made of the entries of an old Exchange in it.
    static let directory: [Parser] = [directoryAnswers, directoryExport, oldExchange]

    private static let marks =
        [[UInt8]].signs
        + [
            [0x30, 0x80], [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF], [0x84, 0, 0x10, 0, 0], [0x02, 0x09], [0x02, 0x00],
            [0x0A, 0x01, 0x31], LDAPBytes.node(0x04, Array("\u{1B}[2J".utf8)),
            LDAPBytes.result(0, 0x78, code: 52, "bye"),
            LDAPBytes.entry(3, "CN=x", "cn", ["y"]), LDAPBytes.node(0x30, []), LDAPBytes.node(0x31, []),
        ]

    /// In whatever pieces they come, messages mean the same, and none is longer than it may be.
    private static let directoryAnswers = Parser("directory's answer") { choices in
        var bytes = choices.maybe() ? LDAPBytes.conversation : LDAPBytes.result(1, 0x61, code: 49, "80090308: data 52e")
        choices.edit(&bytes, atMost: 8, with: marks)
        var whole = Heard()
        whole.hear(bytes)
        var pieces = Heard()
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = 1 + choices.number(below: choices.isUsedUp ? 1 : 100)
            pieces.hear(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        try demand(whole == pieces, "in pieces it means something else: \(bytes)")
        try whole.hold()
        try lengths(of: bytes)
    }

    /// Once a length is known, it stays; what announces too much is refused before it has come.
    private static func lengths(of bytes: [UInt8]) throws {
        var known: Int?
        for count in 0...min(bytes.count, 8) {
            let length: Int?
            do throws(Failure) { length = try LDAPAnswer.length(bytes.prefix(count)) } catch { return }
            try demand(known == nil || known == length, "the length of a message changes: \(bytes.prefix(8))")
            try demand((length ?? 0) <= 1 << 20 + 6, "a message of \(length ?? 0) bytes is waited for")
            known = length
        }
        try demand(known != nil || bytes.count < 6, "no length is known after six bytes: \(bytes.prefix(8))")
    }

    private static let entries = [
        LegacyExchangeSample.connector(), LegacyExchangeSample.server("MAIL"),
        LegacyExchangeSample.server("OTHER", ["587"]),
    ]

    /// What was exported is read again; in an export that somebody was at, nothing but a failure is wrong.
    private static let directoryExport = Parser("directory's export") { choices in
        var (found, words) = (entries, [String]())
        for index in found.indices where choices.maybe() {
            for name in found[index].attributes.keys.sorted() where name != "objectClass" && choices.maybe() {
                var value = Array((found[index].attributes[name]?.first ?? "").utf8)
                choices.edit(&value, with: .signs)
                found[index].attributes[name] = [String(decoding: value, as: UTF8.self)]
            }
        }
        do throws(Failure) {
            for line in try LegacyExchangeExport(found).lines { words.append(line) }
            let again = try LDIFEntries.read(Array(try LegacyExchangeExport(found).text.utf8))
            if Set(again.map(\.present)) != Set(found.map(\.present)) { throw Failure("read as \(again)") }
        } catch {
            try demand(error.problem.contains("no SMTP connector"), "\(error) of \(found)")
        }
        for line in words { try demandLine(line) }
        var text = Array(LDIFEntries.text(entries).utf8)
        choices.edit(&text, atMost: 8, with: .signs)
        let change: LegacyExchangeChange
        do throws(Failure) {
            change = try LegacyExchangeChange(export: text, routes: oldRoutes(&choices), extras: ServerExtras())
        } catch { return try demandWords(error) }
        for note in change.notes { try demandShowable(note, "a note") }
        for edit in change.edits { try demandShowable(edit.name + edit.diff, "an edit") }
        // A line of the host's own is no line of a change.
        for line in (change.forward + change.back).split(separator: "\n") {
            try demand(line.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "a change has \(line.debugDescription)")
        }
    }

    /// What was changed is as asked, and what leads back leads back.
    private static let oldExchange = Parser("Exchange 2003") { choices in
        var found = entries
        found.removeLast(choices.number(below: 2))
        for _ in 0..<choices.number(below: 4) {
            let index = choices.number(below: found.count)
            let name = choices.one(of: found[index].attributes.keys.sorted())
            var value = Array((found[index].attributes[name]?.first ?? "").utf8)
            choices.edit(&value, with: .signs)
            found[index].attributes[name] =
                choices.number(below: 4) == 0 ? [] : [String(decoding: value, as: UTF8.self)]
        }
        let routes = oldRoutes(&choices)
        let plan: LegacyExchange.Plan
        do throws(Failure) { plan = try LegacyExchange(found).plan(for: routes, ExchangeSettings()) } catch {
            return try demandWords(error)
        }
        for note in plan.notes { try demandShowable(note, "a note") }
        for edit in plan.edits { try demandShowable(edit.name + edit.diff, "an edit") }
        let after = plan.forward.done(to: found)
        do throws(Failure) {
            let again = try LegacyExchange(after).plan(for: routes, ExchangeSettings())
            if !again.forward.changes.isEmpty { throw Failure("planned again: \(again.forward.text)") }
        } catch { throw Violation("\(error) after \(plan.forward.text)") }
        try demand(plan.forward.inverse.done(to: after) == found, "not put back by \(plan.forward.inverse.text)")
    }

    private static func oldRoutes(_ choices: inout Choices) -> Routes {
        let smarthost = Smarthost(
            name: "old",
            hosts: choices.one(of: [["out.example.net"], ["192.0.2.9", "b.example.net"]]),
            port: choices.one(of: [25, 587]),
            tls: .none
        )
        return choices.number(below: 8) == 1
            ? Routes.any(&choices) : Routes(defaultRoute: .via(smarthost), bounces: .default)
    }
}

/// What was understood of a directory, and why no more.
private struct Heard: Equatable {
    private var messages = LDAPMessages()
    private var answers: [LDAPAnswer] = []
    private var failure: Failure?

    static func == (one: Heard, other: Heard) -> Bool { one.answers == other.answers && one.failure == other.failure }

    mutating func hear(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        do throws(Failure) {
            try messages.append(bytes)
            while let answer = try messages.next() { answers.append(answer) }
        } catch { failure = error }
    }

    func hold() throws {
        if let failure { try demandWords(failure) }
        for case .result(let result) in answers.map(\.content) { try demandLine(result.words) }
    }
}

extension DirectoryEntry {
    /// Without attributes that have no value, of which an export tells nothing.
    fileprivate var present: DirectoryEntry { DirectoryEntry(name, attributes.filter { !$0.value.isEmpty }) }
}

extension LDIF {
    /// The entries after the changes, as a directory does them.
    fileprivate func done(to entries: [DirectoryEntry]) -> [DirectoryEntry] {
        changes.reduce(entries) { entries, change in
            entries.map { entry in
                guard entry.name == change.name else { return entry }
                var entry = entry
                entry.attributes[change.attribute] = change.new
                return entry
            }
        }
    }
}
