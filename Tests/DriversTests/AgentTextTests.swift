import Foundation
import MTAPlan
import Subprocess
import Testing

@testable import Drivers

/// What costs no program on the host says the same as what does.
@Suite("Agent, text in calls")
struct AgentTextTests {
    private static let shells = AgentShell.allCases.filter { $0 != .mksh }

    private static let texts = [
        "plain\n", "no end", "\n\n\n", "", #"a\b \n \\ \0101 \c %s %% $x `y` "z" 'q'"#, "ä€𝄞\tx\n", "-n\n", "a\n\n",
    ]

    private func stage(_ text: String, at path: String) -> Call {
        let bytes = Array(text.utf8)
        let call = AgentCall(["stage", path, "0644", "root", "root", "\(bytes.count)", "secret"], payload: bytes)
        var staged = Call()
        staged.words = call.inText.words
        return staged
    }

    @Test(arguments: shells)
    func `text arrives byte for byte`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let files = Self.texts.indices.map { host.path("etc/\($0)") }
        var backup = Call("backup")
        backup.words += files
        var calls: [Call] = [.with(RestoreProgram.text, "open", "r1", "me", "postfix"), backup]
        for (text, file) in zip(Self.texts, files) { calls.append(stage(text, at: file)) }
        calls += [Call("swap"), Call("confirm")]

        let talk = try await host.agent(shell, calls)

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(talk.lines.contains("ready 1 \(getuid()) text"))
        for (index, text) in Self.texts.enumerated() { #expect(try host.read("etc/\(index)") == text) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: host.path("etc")).count == Self.texts.count)
    }

    @Test(arguments: shells)
    func `a message and what was planned arrive as text, too`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let message = host.path("message")
        func inText(_ words: [String], _ text: String) -> Call {
            let bytes = Array(text.utf8)
            var call = Call()
            call.words = AgentCall(words + ["\(bytes.count)"], payload: bytes).inText.words
            return call
        }
        var hand = inText(["hand", "a@example.com", "b@example.net"], Self.texts[4])
        hand.words += ["sh", "-c", #"cat >"$1"; echo "$2 $3""#, "sh", message]

        let open: Call = .with(RestoreProgram.text, "open", "r1", "me", "postfix")
        let file = host.path("etc/file")
        let change = [Call("backup", file), stage("new", at: file), Call("swap")]
        let talk = try await host.agent(
            shell,
            [open, inText(["note"], Self.texts[5])] + change + [hand, Call("confirm")]
        )

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(try host.read("message") == Self.texts[4])
        #expect(try host.read("backups/r1/edits") == Self.texts[5])
        #expect(talk.text("submitted").contains("a@example.com b@example.net"))
    }

    /// Its printf may be a program, whose words everybody sees.
    @Test func `a shell without a printf of its own is given none`() async throws {
        let host = try AgentHost()

        let prelude = "command() { [ \"$*\" != '-v printf' ] || echo /usr/bin/printf; }"

        let talk = try await host.agent(.mksh, prelude: prelude, [])

        #expect(talk.lines == ["ready 1 \(getuid())"])
    }

    @Test func `what is no text, or too long, goes as bytes`() {
        for bytes in [[0], [0x80], [0x1B], [UInt8](repeating: 0x61, count: 40_000)] as [[UInt8]] {
            let call = AgentCall(["stage", "/x", "0600", "root", "root", "\(bytes.count)"], payload: bytes)
            #expect(call.inText == call)
        }
        let open = AgentCall(["open", "r1", "me", "postfix", "3"], payload: Array("sh\n".utf8))
        #expect(open.inText == open)
        let prints = AgentCall(["prints", "5eed"], ["postconf"])
        #expect(prints.inText == prints)
    }

    /// A transaction that stages a text, as a part of the agent's program.
    private func script(for host: AgentHost, staging text: String) throws -> [UInt8] {
        let file = host.path("etc/file")
        let bytes = Array(text.utf8)
        let calls = [
            AgentCall(["open", "r1", "me", "postfix", "0"]), AgentCall(["backup", file]),
            AgentCall(["stage", file, "0644", "root", "root", "\(bytes.count)"], payload: bytes).inText,
            AgentCall(["swap"]),
        ]
        return try #require(AgentCall.script(of: calls))
    }

    private static let restore = "R=\(String(decoding: RestoreProgram.text, as: UTF8.self).shellQuoted)"

    @Test(arguments: shells)
    func `calls may be a part of the program`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let text = Self.texts.joined() + String(repeating: "line 'of' \"main.cf\"\n", count: 1000)

        let script = try script(for: host, staging: text)
        let talk = try await host.agent(shell, prelude: Self.restore, script: script, [Call("confirm")])

        let swapped = "step swapped \(host.path("etc/file"))"
        let done = ["done open", "done backup", "done stage", swapped, "done swap", shell.ready, "done confirm"]
        #expect(talk.lines == done, "\(talk.text("why"))")
        #expect(try host.read("etc/file") == text)
    }

    @Test(arguments: shells, [13, 14, 30, 2000])
    func `of calls that have not all arrived none is performed`(shell: AgentShell, missing: Int) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old")
        let script = try script(for: host, staging: String(repeating: "new\n", count: 1000))
        let program = Array("N=5eed\nB=\(host.backups.quoted)\n\(Self.restore)\n".utf8) + SentAgent.agent

        let said = try await run(
            .name(shell.words[0]),
            arguments: Arguments(shell.words.dropFirst() + ["-s"]),
            input: .array(program + script.dropLast(missing)),
            output: .string(limit: 1 << 20),
            error: .discarded
        )

        #expect(!said.standardOutput.contains("@5eed done"), "\(said.standardOutput)")
        #expect(try host.read("etc/file") == "old")
        #expect(!host.exists("backups"))
    }

    /// Everybody could see the words of a printf that is a program.
    @Test func `where no text can come, what came in vain is said, and nothing is performed`() async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old")
        let prelude = Self.restore + "\ncommand() { [ \"$*\" != '-v printf' ] || echo /usr/bin/printf; }"

        let script = try script(for: host, staging: "new")
        let talk = try await host.agent(.mksh, prelude: prelude, script: script, [Call("list")])

        #expect(talk.lines == ["unread", "ready 1 \(getuid())", "done list"])
        #expect(try host.read("etc/file") == "old")
    }

    @Test func `calls with a payload are no part of the program`() {
        let staged = AgentCall(["stage", "/x", "0600", "root", "root", "1"], payload: [1])
        #expect(AgentCall.script(of: [staged, AgentCall(["swap"])]) == nil)
    }

    @Test(arguments: shells)
    func `what a command says is compared`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let file = host.path("etc/file")
        func calls(_ text: String) -> [Call] {
            [
                .with(RestoreProgram.text, "open", "r1", "me", "postfix"), Call("backup", file), stage("new", at: file),
                Call("swap"), Call("says", text, "printf", #"one\ntwo\n"#), Call("confirm"),
            ]
        }

        let right = try await host.agent(shell, calls(#"one\ntwo"#))
        #expect(right.lines.last == "done confirm", "\(right.lines)")
        _ = try await host.restore("r1", under: shell)
        _ = try await host.console(["rm", "-rf", host.backups])
        let wrong = try await host.agent(shell, calls(#"one\nthree"#))

        #expect(wrong.lines.contains("failed says differs"))
        #expect(wrong.text("why").hasPrefix("one\ntwo"))
        #expect(wrong.lines.contains("undone restored"))
    }

    @Test(arguments: AgentShell.allCases)
    func `one command builds several indexes, and each comes back`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let (a, b) = (host.path("etc/a"), host.path("etc/b"))
        try host.write("etc/a", "old a")
        try host.write("etc/a.db", "old index")
        let found = try host.files()
        let program = #"echo run >>"$1"; shift; for file; do cp "$file" "$file.db"; done"#

        let talk = try await host.agent(
            shell,
            [
                .with(RestoreProgram.text, "open", "r1", "me", "postfix"), Call("backup", a, a + ".db", b, b + ".db"),
                .with(Array("new a".utf8), "stage", a, "0640", "root", "root"),
                .with(Array("new b".utf8), "stage", b, "0600", "root", "root"),
                Call("build", "2", a, b, ".db", "sh", "-c", program, "sh", host.path("runs"), "{}"), Call("swap"),
                Call("confirm"),
            ]
        )

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(try host.read("runs") == "run\n")
        let made = try host.files().mapValues(\.asked)
        #expect(made["a.db"] == .init(text: "new a", mode: 0o640) && made["b.db"] == .init(text: "new b", mode: 0o600))
        #expect(try await host.restore("r1", under: shell).status == 0)
        #expect(try host.files() == found)
    }

    @Test func `a daemon that its file names needs no program, and one that is gone does`() async throws {
        let host = try AgentHost()
        try host.write("etc/pid", "  \(getpid())\n")
        let name = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
        let file = host.path("etc/pid")
        let open: Call = .with(RestoreProgram.text, "open", "r1", "me", "postfix")

        let alive = try await host.agent(.dash, [open, Call("lives", file, name, "false"), Call("close")])
        let other = try await host.agent(.dash, [open, Call("lives", file, "master", "false")])

        #expect(alive.lines.contains("done lives"))
        #expect(other.lines.contains("failed lives health"))
    }
}
