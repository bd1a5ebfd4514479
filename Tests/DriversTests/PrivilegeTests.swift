import MTAPlan
import Synchronization
import Testing

@testable import Drivers

@Suite struct PrivilegeTests {
    private let marks = AdmissionMarks(prompt: "Tpassword", entry: "Tin")

    @Test func `root needs nobody's leave`() async throws {
        let host = ScriptedHost(says: [])

        _ = try await host.startRootShell(.none, marks: marks)

        #expect(host.commands == ["exec /bin/sh -s"])
    }

    @Test func `a password is given only when sudo asks, and never in the command`() async throws {
        let host = ScriptedHost(says: [.errors("Tpassword"), .output("Tin\n")])

        _ = try await host.startRootShell(.sudo(password: Secret("p'w $1")), marks: marks)

        #expect(host.written == "p'w $1\n")
        #expect(host.commands.allSatisfy { !$0.contains("p'w") })
    }

    @Test func `without a question no password is given`() async throws {
        let host = ScriptedHost(says: [.output("Welcome!\nTin\n")])

        _ = try await host.startRootShell(.sudo(password: Secret("unasked")), marks: marks)

        #expect(host.written.isEmpty)
    }

    @Test func `a wrong password is said once and not tried again`() async {
        let host = ScriptedHost(says: [.errors("Tpassword"), .errors("Sorry, try again.\nTpassword")])

        await #expect(
            throws: Failure("sudo did not accept the password", hint: "check `become-password` in the inventory")
        ) {
            _ = try await host.startRootShell(.sudo(password: Secret("wrong")), marks: marks)
        }
        #expect(host.written == "wrong\n")
    }

    @Test func `sudo that is missing is quoted`() async throws {
        let host = ScriptedHost(says: [.errors("sh: 1: sudo: not found\n")])

        let failure = await #expect(throws: Failure.self) {
            _ = try await host.startRootShell(.sudo(password: nil), marks: marks)
        }

        #expect(try #require(failure).problem.contains("sudo: not found"))
    }
}

/// A host that says what it was told to, piece by piece, and remembers what it was given.
private final class ScriptedHost: Host, Shell {
    let name = "scripted"
    private let answers: Mutex<[ShellOutput]>
    private let given = Mutex((commands: [String](), bytes: [UInt8]()))

    init(says answers: [ShellOutput]) { self.answers = Mutex(answers) }

    var commands: [String] { given.withLock { $0.commands } }
    var written: String { given.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    func start(_ command: String) async throws(Failure) -> any Shell {
        given.withLock { $0.commands.append(command) }
        return self
    }

    func close() async {}
    func write(_ bytes: [UInt8]) async throws(Failure) { given.withLock { $0.bytes += bytes } }
    func finishInput() async throws(Failure) {}

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

extension ShellOutput {
    fileprivate static func output(_ text: String) -> ShellOutput { .output(Array(text.utf8)) }
    fileprivate static func errors(_ text: String) -> ShellOutput { .errors(Array(text.utf8)) }
}
