import MTAPlan
import Support
import Synchronization
import Testing

@testable import Drivers

/// LDAP, byte by byte; the bytes are written by RFC 4511, §4 and §5.1, and X.690, not by the code.
@Suite struct DirectorySessionTests {
    private static let password = Secret("s3cret")
    private static let question = DirectoryQuestion(below: "CN=X", classes: ["a", "b"], attributes: ["cn"])

    private static let conversation = LDAPBytes.conversation

    private func entries(_ stream: Stream) async throws -> [DirectoryEntry] {
        var session = DirectorySession(over: stream, within: .seconds(30))
        try await session.logIn(as: "LAB\\anna", Self.password)
        let entries = try await session.entries(Self.question)
        await session.close()
        return entries
    }

    @Test(arguments: [1, 7, 1 << 20])
    func `entries are read in whatever pieces they come`(_ size: Int) async throws {
        let stream = Stream(Self.conversation, by: size)

        let found = try await entries(stream)

        #expect(found == [DirectoryEntry("CN=é,CN=X,CN=C", ["cn": ["é", ""]])])
        #expect(stream.isClosed)
    }

    @Test func `what is sent is a login, two searches and the end`() async throws {
        let stream = Stream(Self.conversation)
        _ = try await entries(stream)

        let sent = stream.written
        let short = { (tag: UInt8, content: [UInt8]) in LDAPBytes.node(tag, content, isLong: false) }
        let word = { (tag: UInt8, text: String) in short(tag, Array(text.utf8)) }
        let head = { (id: UInt8) in [0x02, 0x01, id] as [UInt8] }
        let bind = [0x02, 0x01, 0x03] + word(0x04, "LAB\\anna") + word(0x80, "s3cret")
        #expect(sent[0] == short(0x30, head(1) + short(0x60, bind)))
        let limits: [UInt8] = [0x0A, 0x01, 0x00, 0x02, 0x02, 0x03, 0xE8, 0x02, 0x01, 30, 0x01, 0x01, 0x00]
        let root =
            word(0x04, "") + [0x0A, 0x01, 0x00] + limits + word(0x87, "objectClass")
            + short(0x30, word(0x04, "configurationNamingContext"))
        #expect(sent[1] == short(0x30, head(2) + short(0x63, root)))
        let either = ["a", "b"].flatMap { short(0xA3, word(0x04, "objectClass") + word(0x04, $0)) }
        let below =
            word(0x04, "CN=X,CN=C") + [0x0A, 0x01, 0x02] + limits + short(0xA1, either)
            + short(0x30, word(0x04, "cn"))
        #expect(sent[2] == short(0x30, head(3) + short(0x63, below)))
        #expect(sent[3] == short(0x30, head(4) + [0x42, 0x00]))
    }

    static let refusals: [(answer: [UInt8], words: String)] = [
        (
            LDAPBytes.result(1, 0x61, code: 49, "80090308: data 52e\0"),
            "does not let `LAB\\anna` in: 80090308: data 52e (code 49)"
        ),
        (LDAPBytes.result(1, 0x61, code: 8), "(code 8)"),
        (LDAPBytes.result(0, 0x78, code: 52, "going down"), "ends the connection: going down"),
        (LDAPBytes.result(1, 0x61) + LDAPBytes.result(2, 0x65), "no configuration partition"),
        (LDAPBytes.result(1, 0x61) + LDAPBytes.result(2, 0x65, code: 1), "does not answer (code 1)"),
        (Array("220 mail ready\r\n".utf8), "does not speak LDAP"),
        ([0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF], "more than 1 MiB"),
        ([0x30, 0x80, 0x00, 0x00], "does not speak LDAP"),
        ([0x30, 0x03, 0x02, 0x01, 0x01], "does not speak LDAP"),
        (
            LDAPBytes.node(0x30, [0x02, 0x09] + [UInt8](repeating: 0x7F, count: 9) + LDAPBytes.result(1, 0x61)),
            "does not speak LDAP"
        ),
        (LDAPBytes.entry(2, "", "cn", []).dropLast(), "closed the connection"),
        ([], "closed the connection"),
    ]

    @Test(arguments: refusals.indices)
    func `what is no answer, or a refusal, is told in words without the password`(_ index: Int) async throws {
        let (answer, words) = Self.refusals[index]
        let stream = Stream(answer)

        let failure = await #expect(throws: Failure.self) { try await entries(stream) }

        #expect(failure?.problem.contains(words) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.contains("s3cret") == false)
    }

    @Test func `an empty password is sent to nobody`() async throws {
        let stream = Stream([])
        var session = DirectorySession(over: stream)
        await #expect(throws: Failure.self) { try await session.logIn(as: "anna", Secret("")) }
        #expect(stream.written.isEmpty)
    }

    @Test func `an endless answer ends`() async throws {
        let one = LDAPBytes.message(1, 0x73, LDAPBytes.text(String(repeating: "x", count: 60_000)))
        let stream = Stream((0..<200).flatMap { _ in one })
        let failure = await #expect(throws: Failure.self) { try await entries(stream) }
        #expect(failure?.problem.contains("more than 8 MiB") == true)
    }
}

/// A stream on which these bytes come in pieces, and then the end.
private final class Stream: Shell {
    private struct State {
        var rest: ArraySlice<UInt8>
        var written: [[UInt8]] = []
        var isClosed = false
    }

    private let state: Mutex<State>
    private let size: Int

    init(_ bytes: [UInt8], by size: Int = 1 << 20) {
        state = Mutex(State(rest: bytes[...]))
        self.size = size
    }

    var written: [[UInt8]] { state.withLock { $0.written } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func write(_ bytes: [UInt8]) async throws(Failure) { state.withLock { $0.written.append(bytes) } }
    func finishInput() async throws(Failure) {}

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        state.withLock { state in
            let piece = Array(state.rest.prefix(size))
            state.rest = state.rest.dropFirst(size)
            return piece.isEmpty ? nil : .output(piece)
        }
    }

    func close() async { state.withLock { $0.isClosed = true } }
}
