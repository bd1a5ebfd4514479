import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// What is special about a file stays with it.
@Suite("Agent, files")
struct AgentFilesTests {
    private func calls(_ path: String, mode: String = "0640", _ after: Call...) -> [Call] {
        [
            .with(RestoreProgram.text, "open", "r1", "me", "postfix"), Call("backup", path),
            .with(Array("new".utf8), "stage", path, mode, "root", "root"), Call("swap"),
        ] + after + [Call("confirm")]
    }

    /// The tools of busybox alone, as on Alpine: its stat, dd, cp and sha256sum.
    @Test func `busybox's tools are enough`() async throws {
        let sample = try AgentSample()
        let installed = try await sample.host.console([
            "sh", "-c", "mkdir \"$1\" && busybox --install -s \"$1\"", "x", sample.host.path("bin"),
        ])
        #expect(installed.status == 0)
        let line = "PATH=/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin:/usr/local/bin"
        func under(_ program: [UInt8]) throws -> [UInt8] {
            let text = String(decoding: program, as: UTF8.self)
            try #require(text.contains(line))
            let alone = text.replacingOccurrences(of: line, with: "PATH=\(sample.host.path("bin"))")
            return Array(alone.replacingOccurrences(of: "inherited=${PATH-}", with: "inherited=").utf8)
        }
        var calls = sample.calls([Call("run", "health", "false")], before: "confirm")
        calls[0] = .with(try under(RestoreProgram.text), "open", "r1", "me", "postfix")

        let talk = try await sample.host.agent(
            .busybox,
            prelude: "sh() { /usr/bin/busybox sh \"$@\"; }",
            program: under(AgentProgram.text),
            calls
        )

        #expect(talk.lines.contains("done prints"), "\(talk.lines) \(talk.text("why"))")
        #expect(talk.lines.contains("undone restored"))
        try sample.expectAsFound(talk.text("restore"))
    }

    @Test(.enabled(if: getuid() == 0, "immutable files need root"))
    func `a file that may not be replaced is named with what keeps it`() async throws {
        let sample = try AgentSample()
        let path = sample.path("main.cf")
        // Not every file system knows the attribute, so mv and lsattr are told what they would say of it.
        let prelude = """
            mv() { case "$*" in *.mtactl-r1/main.cf*) echo "mv: cannot move: Operation not permitted" >&2; return 1 ;; *) command mv "$@" ;; esac; }
            lsattr() { case "$*" in *\(path)*) echo "----i---------e------- \(path)" ;; esac; }
            """

        let talk = try await sample.host.agent(.dash, prelude: prelude, sample.calls())

        #expect(talk.lines.contains("failed swap swap"))
        #expect(talk.text("why").contains("Operation not permitted\nlsattr: ----i---------e------- \(path)"))
        #expect(talk.lines.contains("undone restored"))
        try sample.expectAsFound()
    }

    @Test func `extended attributes come back`() async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old", mode: 0o644)
        let path = host.path("etc/file")
        let set = try await host.console([
            "python3", "-c", "import os,sys; os.setxattr(sys.argv[1], 'user.mtactl', b'x')", path,
        ])
        try #require(set.status == 0, "\(set.output)")
        let get = ["python3", "-c", "import os,sys; print(os.getxattr(sys.argv[1], 'user.mtactl'))", path]

        _ = try await host.agent(.dash, calls(path))
        let staged = try await host.console(get)
        _ = try await host.restore("r1")
        let restored = try await host.console(get)

        #expect(staged.output == "b'x'\n")
        #expect(restored.output == "b'x'\n")
    }

    @Test func `new bytes are never in a file that is more open than asked`() async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old", mode: 0o644)
        let seen = host.path("seen")
        // Looks at the staged file right before and after its bytes are written.
        let prelude = """
            look_at() { stat -c '%a %s' \(host.path("etc/.mtactl-r1/file")) >>\(seen) 2>&1; }
            dd() { look_at; command dd "$@"; set -- $?; look_at; return "$1"; }
            cp() { command cp "$@"; set -- $?; look_at; return "$1"; }
            """

        let talk = try await host.agent(.dash, prelude: prelude, calls(host.path("etc/file"), mode: "0600"))

        #expect(talk.lines.last == "done confirm")
        let modes = try host.read("seen").split(separator: "\n").filter { $0.first?.isNumber == true }
        #expect(modes.contains("600 3"))
        #expect(Set(modes.map { $0.prefix(3) }) == ["600"])
    }

    @Test func `a folder's group that is handed down does not reach the file`() async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old", mode: 0o640, group: 0)
        try FileManager.default.setAttributes(
            [.groupOwnerAccountID: 8, .posixPermissions: 0o2755],
            ofItemAtPath: host.path("etc")
        )
        let found = try host.files()

        _ = try await host.agent(.dash, calls(host.path("etc/file")))
        #expect(try host.files()["file"]?.asked == .init(text: "new", mode: 0o640))
        _ = try await host.restore("r1")

        #expect(try host.files() == found)
    }

    /// A daemon that a reload starts may keep its output open forever.
    @Test func `a daemon left behind does not hold up the session`() async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old")

        let talk = try await host.agent(
            .dash,
            calls(host.path("etc/file"), Call("run", "reload", "sh", "-c", "sleep 600 & echo $! >\(host.path("pid"))"))
        )
        // It can be killed, so it is there still: the session did not wait for it.
        let killed = try await host.console(["kill", String(host.read("pid").dropLast())])

        #expect(talk.lines.last == "done confirm")
        #expect(killed.status == 0)
    }
}
