import Foundation
import MTAPlan
import Testing

@testable import Drivers

@Suite("Agent, log and payloads")
struct AgentLogTests {
    private func writing(_ script: String) -> Call { Call("run", "health", "sh", "-c", script) }

    @Test(arguments: AgentShell.allCases)
    func `a log is read from the mark on, until a line has all that is looked for`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("log", "A1 before the mark\n")
        let log = host.path("log")

        let talk = try await host.agent(
            shell,
            [
                Call("mark", "file", log),
                writing(
                    "(sleep 0.3; printf 'A1 \\\\n*[ queued\\nB2 other\\nA1 sent to relay' >>\(log); "
                        + "sleep 0.3; printf '[198.18.0.1]\\nA1 late\\n' >>\(log)) >/dev/null 2>&1 &"
                ),
                Call("watch", "20", "c", "A1", "c", "C3", "u", "B2", "u", "A1", "a", "relay["),
            ]
        )

        #expect(talk.lines.last == "done watch met")
        #expect(talk.text("log") == "A1 \\n*[ queued\nA1 sent to relay[198.18.0.1]\nA1 late\n")
    }

    @Test(arguments: AgentShell.allCases)
    func `what was logged shortly before the mark counts where that is asked for`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let log = host.path("log")
        try host.write("log", String(repeating: "A1 long ago\n", count: 10_000) + "A1 connected\n")

        let talk = try await host.agent(
            shell,
            [
                Call("mark", "file", log), Call("back", "60"), writing("echo A1 sent >>\(log)"),
                Call("watch", "20", "c", "A1 connected", "c", "A1 sent", "u", "A1 sent"),
            ]
        )

        #expect(talk.lines.last == "done watch met")
        #expect(talk.lines.contains("done back"))
        #expect(talk.text("log") == "A1 connected\nA1 sent\n")
    }

    @Test(arguments: AgentShell.allCases)
    func `a log that is rotated meanwhile is read on, and then the new one`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("log", "A1 before\n")
        let log = host.path("log")

        let talk = try await host.agent(
            shell,
            [
                Call("mark", "file", log),
                writing("echo A1 one >>\(log); mv \(log) \(log).1; echo A1 two, and more >\(log)"),
                Call("watch", "20", "c", "A1", "u", "two"),
                Call("mark", "file", log),
                writing(": >\(log); echo A1 three >>\(log)"),
                Call("watch", "20", "c", "A1", "u", "three"),
            ]
        )

        let bodies = talk.frames.compactMap { if case .body("log", let bytes, _) = $0 { bytes } else { nil } }
        #expect(bodies.map { String(decoding: $0, as: UTF8.self) } == ["A1 one\nA1 two, and more\n", "A1 three\n"])
        #expect(talk.lines.filter { $0.hasPrefix("done watch") } == ["done watch met", "done watch met"])
    }

    @Test(arguments: AgentShell.allCases)
    func `of a series of logs those after the mark are read, in the order of their names`(shell: AgentShell)
        async throws
    {
        let host = try AgentHost()
        let (beginning, end) = (host.path("logs/s"), ".log")
        try FileManager.default.createDirectory(atPath: host.path("logs"), withIntermediateDirectories: true)

        // Before there is any, and then from the place in the newest one on.
        let talk = try await host.agent(
            shell,
            [
                Call("mark", "series", beginning, end),
                writing(
                    "echo A1 first >\(beginning)20261126-00.log; echo A1 other >\(host.path("logs/p20261126-00.log"))"
                ),
                Call("watch", "20", "c", "A1", "u", "first"),
                Call("mark", "series", beginning, end),
                writing(
                    "echo A1 second >>\(beginning)20261126-00.log; echo A1 fourth >\(beginning)20261127-00.log; "
                        + "echo A1 third >\(beginning)20261126-01.log; echo A1 no >\(beginning)20261125-07.log"
                ),
                Call("watch", "20", "c", "A1", "u", "fourth"),
            ]
        )

        let bodies = talk.frames.compactMap { if case .body("log", let bytes, _) = $0 { bytes } else { nil } }
        #expect(
            bodies.map { String(decoding: $0, as: UTF8.self) } == ["A1 first\n", "A1 second\nA1 third\nA1 fourth\n"]
        )
        #expect(talk.lines.filter { $0.hasPrefix("done watch") } == ["done watch met", "done watch met"])
    }

    @Test(arguments: AgentShell.allCases)
    func `a message goes to another program than sendmail, and its refusal comes back`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let message = Array("Subject: x\r\n\r\n.\r\n\0\u{e9}".utf8)
        let program = #"cat >"$1/got"; shift; printf '%s|' "$@" >\#(host.path("words"))"#
        let refusing = "cat >/dev/null; echo 550 no >&2; exit 1"
        let hand = { (words: String...) in
            var call = Call.with(message, "hand", "a@x", "b@y")
            call.words += words
            return call
        }

        let talk = try await host.agent(
            shell,
            [
                hand("sh", "-c", program, "sh", host.path("")), Call("mark", "file", host.path("log")),
                hand("sh", "-c", refusing, "sh"),
                Call("watch", "60", "c", "A1"), Call("list"),
            ]
        )

        #expect(
            talk.lines == [
                shell.ready, "done hand", "done mark", "failed hand hand", "failed watch log", "done list",
            ]
        )
        #expect(try host.read("words") == "a@x|b@y|")
        #expect(try [UInt8](Data(contentsOf: host.folder.appending(path: "got"))) == message)
        let reasons = talk.frames.compactMap { if case .body("why", let bytes, _) = $0 { bytes } else { nil } }
        #expect(reasons.contains { String(decoding: $0, as: UTF8.self).contains("550 no") })
    }

    @Test(arguments: AgentShell.allCases)
    func `an id that the log names is looked for from there on, and only in its place`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("log", "")
        let log = host.path("log")
        func watching(seconds: String) -> Call {
            Call(
                "watch",
                seconds,
                "n",
                "<m>",
                "b",
                "message-id=",
                "c",
                "<m>",
                "c",
                "{id}: ",
                "u",
                "{id}: to=<",
                "a",
                "status=",
                "u",
                "fatal"
            )
        }
        func writing(_ lines: String) -> Call { self.writing("printf '\(lines)' >>\(log)") }

        let talk = try await host.agent(
            shell,
            [
                Call("mark", "file", log),
                writing("p: A&1: message-id=<other>\\np: A&1: to=<x>, status=sent\\np: B&2: to=<x>, status=before\\n"),
                writing("p: B&2: message-id=<m>\\n{id}: to=<x>, status=forged\\n message-id=<m>\\n"),
                watching(seconds: "0"),
                writing("p: C3: message-id=<m>\\np: B&2: from=<x>\\np: C3: to=<x>, status=sent\\n"),
                watching(seconds: "20"),
            ]
        )

        let bodies = talk.frames.compactMap { if case .body("log", let bytes, _) = $0 { bytes } else { nil } }
        #expect(talk.lines.filter { $0.hasPrefix("done watch") } == ["done watch timeout", "done watch met"])
        let first = "p: B&2: message-id=<m>\n{id}: to=<x>, status=forged\n message-id=<m>\n"
        let more = "p: C3: message-id=<m>\np: B&2: from=<x>\np: C3: to=<x>, status=sent\n"
        #expect(bodies.map { String(decoding: $0, as: UTF8.self) } == [first, first + more])
    }

    @Test(arguments: AgentShell.allCases)
    func `watching ends when its time is up`(shell: AgentShell) async throws {
        let host = try AgentHost()

        let talk = try await host.agent(
            shell,
            [
                Call("watch", "1", "c", "x"), Call("mark", "file", host.path("none")),
                Call("watch", "0", "c", "x", "u", "y"),
            ]
        )

        #expect(talk.lines == [shell.ready, "failed watch log", "done mark", "done watch timeout"])
        #expect(talk.body("log") == [])
    }

    @Test(arguments: [0, 1, 7, 4096, 65_537, 1 << 20], AgentShell.allCases)
    func `a payload of any bytes arrives as it was`(size: Int, shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "")
        var random = SystemRandomNumberGenerator()
        let payload = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }

        let talk = try await host.agent(
            shell,
            [
                .with(RestoreProgram.text, "open", "r1", "me", "postfix"),
                Call("backup", host.path("etc/file")),
                .with(payload, "stage", host.path("etc/file"), "0600", "root", "root"), Call("swap"), Call("confirm"),
            ]
        )

        #expect(talk.lines.last == "done confirm")
        #expect(try host.files()["file"]?.bytes == payload)
    }

    /// As on an old FreeBSD: dd has no fullblock.
    @Test(arguments: AgentShell.allCases)
    func `a payload arrives where dd can read only byte by byte`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let dd = "dd() { case \"$*\" in *fullblock*) return 1 ;; *) command dd \"$@\" ;; esac; }"

        let talk = try await sample.host.agent(shell, prelude: dd, sample.calls())

        #expect(talk.lines.last == "done confirm")
        #expect(try sample.isAsAsked)
    }

    @Test(arguments: AgentShell.allCases)
    func `a message goes to sendmail byte for byte, and what it says comes back`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write(
            "bin-sendmail",
            "#!/bin/sh\nprintf '%s|' \"$@\" >\(host.path("words")); cat >\(host.path("got"))\n"
        )
        let path = "PATH=/usr/sbin:/usr/local/sbin:"
        let text = String(decoding: AgentProgram.text, as: UTF8.self)
        try #require(text.contains(path))
        try FileManager.default.createDirectory(atPath: host.path("bin"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: host.path("bin-sendmail"), toPath: host.path("bin/sendmail"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: host.path("bin/sendmail"))
        let program = text.replacingOccurrences(of: path, with: "PATH=\(host.path("bin")):/usr/sbin:/usr/local/sbin:")
        let message = Array("Subject: x\r\n\r\n.\r\n\0\u{e9}".utf8)

        let talk = try await host.agent(
            shell,
            program: Array(program.utf8),
            [.with(message, "submit", "-f@x", "to@example.net"), Call("list")]
        )

        #expect(talk.lines == [shell.ready, "done submit", "done list"])
        #expect(try host.read("words") == "-i|-f|-f@x|--|to@example.net|")
        #expect(try [UInt8](Data(contentsOf: host.folder.appending(path: "got"))) == message)

        try host.write("bin/sendmail", "#!/bin/sh\necho not today >&2; exit 75\n", mode: 0o755)
        let refused = try await host.agent(
            shell,
            program: Array(program.utf8),
            [
                Call("mark", "file", host.path("log")), .with(message, "submit", "a", "b"),
                Call("watch", "60", "c", "A1"),
            ]
        )

        // What was not sent is not waited for.
        #expect(refused.lines == [shell.ready, "done mark", "failed submit submit", "failed watch log"])
        #expect(
            refused.frames.contains {
                if case .body("why", let bytes, _) = $0 {
                    String(decoding: bytes, as: UTF8.self).contains("not today")
                } else {
                    false
                }
            }
        )
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/run/systemd/journal/socket"), "needs a running journald")
    )
    func `the journal is read from the mark on`() async throws {
        let host = try AgentHost()
        let talk = try await host.agent(
            .dash,
            [
                Call("mark", "journal"), writing("logger -p mail.info mtactl-probe"),
                Call("watch", "10", "c", "mtactl-probe", "u", "mtactl-probe"),
            ]
        )

        #expect(talk.lines.last == "done watch met")
    }
}
