import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Files as they are in the wild.
@Suite("Agent, files in the wild")
struct AgentWildTests {
    private func calls(_ path: String, _ text: String = "new", mode: String = "0644", run: String = "r1") -> [Call] {
        [
            .with(RestoreProgram.text, "open", run, "anna@desk", "postfix"), Call("backup", path),
            .with(Array(text.utf8), "stage", path, mode, "0", "0"), Call("swap"), Call("confirm"),
        ]
    }

    @Test(arguments: AgentShell.allCases)
    func `a file with another name is left alone: the other would keep the old bytes`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old")
        try FileManager.default.linkItem(atPath: host.path("etc/file"), toPath: host.path("etc/other"))
        let found = try host.files()

        let talk = try await host.agent(shell, calls(host.path("etc/file")))

        #expect(talk.lines.contains("failed backup linked"), "\(talk.lines)")
        #expect(talk.text("why").contains("has 2 hard links"))
        #expect(talk.lines.contains("undone refused"))
        #expect(try host.files() == found)
        #expect(!host.exists("backups/lock"))
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"), arguments: AgentShell.allCases)
    func `a file that is mounted by itself is left alone`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "old")
        try host.write("elsewhere", "mounted")
        let mount = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\""

        let talk = try await host.agent(
            shell,
            wrapper: ["unshare", "--mount", "sh", "-c", mount, "x", host.path("elsewhere"), host.path("etc/file")],
            calls(host.path("etc/file"))
        )

        #expect(talk.lines.contains("failed backup mounted"), "\(talk.lines) \(talk.text("why"))")
        #expect(talk.text("why").contains("is a mount point"))
        #expect(try host.read("elsewhere") == "mounted")
        #expect(try host.read("etc/file") == "old")
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"), arguments: AgentShell.allCases)
    func `on a file system that is mounted read-only nothing is changed, and it is said`(shell: AgentShell) async throws
    {
        let host = try AgentHost()
        try host.write("etc/file", "old")
        let mount = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && shift && exec \"$@\""

        let talk = try await host.agent(
            shell,
            wrapper: ["unshare", "--mount", "sh", "-c", mount, "x", host.path("etc")],
            calls(host.path("etc/file"))
        )

        #expect(talk.lines.contains("failed backup fixed"), "\(talk.lines)")
        #expect(talk.text("why").contains("Read-only file system") || talk.text("why").contains("cannot create"))
        #expect(talk.lines.contains("undone refused"))
        #expect(try host.read("etc/file") == "old")
        #expect(!host.exists("backups/lock"))
    }

    /// As in a container: opened for writing, a file of the layer below would get another inode.
    @Test(.enabled(if: getuid() == 0, "mounting needs root"), arguments: AgentShell.allCases)
    func `on an overlay a file that is known by its inode is not opened for writing`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try FileManager.default.createDirectory(atPath: host.path("below"), withIntermediateDirectories: false)
        try host.write("below/file", "old", mode: 0o640)
        let known = try await host.console(["stat", "-c", "%i/%z", host.path("below/file")]).output
        let parts = known.split(separator: "/", maxSplits: 1).map { String($0).trimmingCharacters(in: .newlines) }
        try #require(parts.count == 2)
        let file = host.path("etc/file")
        let mount = """
            cd "$1" && mkdir upper && mount -t tmpfs tmpfs upper && mkdir upper/files upper/work &&
            mount -t overlay overlay -o "lowerdir=$1/below,upperdir=$1/upper/files,workdir=$1/upper/work" etc &&
            shift && exec "$@"
            """
        var calls = calls(file)
        calls.insert(Call("expect", "inode", parts[0], parts[1], file), at: 1)

        let talk = try await host.agent(
            shell,
            wrapper: ["unshare", "--mount", "sh", "-c", mount, "x", host.path("")],
            calls
        )

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
    }

    @Test(.enabled(if: getuid() == 0, "another owner needs root"), arguments: AgentShell.allCases)
    func `owners that have no name come back`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/mtactl-file", "old", mode: 0o4755)
        _ = try await host.console(["chown", "54321:65533", host.path("etc/mtactl-file")])
        _ = try await host.console(["chmod", "4755", host.path("etc/mtactl-file")])
        let found = try host.files()

        _ = try await host.agent(shell, calls(host.path("etc/mtactl-file")))
        #expect(try host.files() != found)
        #expect(try await host.restore("r1", under: shell).status == 0)

        #expect(try host.files() == found)
    }

    /// git alone, as etckeeper is not everywhere: what it would commit is the same.
    @Test(.enabled(if: getuid() == 0, "mounting needs root"), arguments: AgentShell.allCases)
    func `under etckeeper the run is committed, before and after, and nothing that others left uncommitted`(
        shell: AgentShell
    ) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old\n")
        try host.write("etc/foreign", "committed\n")
        try host.write("etc/secret", "hidden\n", mode: 0o600)
        let git = ["git", "-C", host.path("etc"), "-c", "user.name=x", "-c", "user.email=x@x"]
        for words in [["init", "-q"], ["add", "main.cf", "foreign"], ["commit", "-qm", "first"]] {
            #expect(try await host.console(git + words).status == 0)
        }
        try host.write("etc/main.cf", "an admin's\n")
        try host.write("etc/foreign", "not committed\n")
        // As etckeeper's, which writes down what is in all of /etc and adds that.
        let hook = "etc/.git/hooks/pre-commit"
        try host.write(hook, "#!/bin/sh\nls >foreign && git add foreign\n", mode: 0o755)
        let inPlace = [
            "unshare", "--mount", "sh", "-c", "mount --bind \"$1\" /etc && shift && exec \"$@\"", "x", host.path("etc"),
        ]
        let calls = [
            .with(RestoreProgram.text, "open", "r1", "anna@desk", "postfix"),
            Call("backup", "/etc/main.cf", "/etc/secret", "/etc/added"),
            .with(Array("ours\n".utf8), "stage", "/etc/main.cf", "0644", "0", "0"),
            .with(Array(AgentSample.secret.utf8), "stage", "/etc/secret", "0600", "0", "0"),
            .with(Array("added\n".utf8), "stage", "/etc/added", "0644", "0", "0"), Call("swap"), Call("confirm"),
        ]

        let talk = try await host.agent(shell, prelude: "etckeeper() { :; }", wrapper: inPlace, calls)
        let log = try await host.console(git + ["log", "--format=%s", "--name-only"])
        let status = try await host.console(git + ["status", "--short"])
        let secrets = try await host.console(git + ["log", "-p", "--all"])

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(
            log.output
                == "mtactl's run r1\n\nadded\nmain.cf\nbefore mtactl's run r1\n\nmain.cf\nfirst\n\nforeign\nmain.cf\n"
        )
        #expect(status.output == " M foreign\n?? secret\n")
        #expect(!secrets.output.contains("f\\g{h}"))
    }
}
