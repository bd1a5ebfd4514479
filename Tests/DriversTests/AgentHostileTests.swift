import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Other users of the host who want root to write, or read, for them.
@Suite("Agent, hostile local users", .enabled(if: getuid() == 0, "other users need root"))
struct AgentHostileTests {
    private func calls(_ path: String, trusting users: [String] = []) -> [Call] {
        var trust = Call("trust")
        trust.words += users
        return [
            .with(RestoreProgram.text, "open", "r1", "me", "postfix"), trust, Call("backup", path),
            .with(Array("new".utf8), "stage", path, "0640", "root", "root"), Call("swap"), Call("confirm"),
        ]
    }

    /// What makes the folder of a file one that others can change, by the words with which it is refused.
    static let openings: [(String, String)] = [
        ("chown games $1/etc", "etc belongs to user 5"), ("chmod 775 $1/etc; chgrp games $1/etc", "group 60 can write"),
        ("chmod 777 $1/etc", "anyone can write to"), ("chmod 1777 $1/etc", "anyone can write to"),
        ("chmod 777 $1", "anyone can write to"), ("chown games $1", "belongs to user 5"),
        ("mv $1/etc $1/real; ln -s real $1/etc", "is not a folder"),
    ]

    @Test(arguments: AgentShell.allCases, openings)
    func `a folder that others may change is named and nothing is written`(
        shell: AgentShell,
        opening: (command: String, words: String)
    ) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        _ = try await host.console(["sh", "-c", opening.command, "sh", host.folder.path])

        let talk = try await host.agent(shell, calls(host.path("etc/main.cf")))

        let refused = talk.lines.contains("failed open exposed") || talk.lines.contains("failed backup exposed")
        #expect(refused && talk.text("why").contains(opening.words), "\(talk.lines) \(talk.text("why"))")
        #expect(try host.read("etc/main.cf") == "old")
        #expect(try host.files(in: "backups").isEmpty)
    }

    @Test(arguments: AgentShell.allCases)
    func `a file that anyone may change is named and nothing is written`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old", mode: 0o666)
        let path = host.path("etc/main.cf")
        _ = try await host.console(["chmod", "666", path])

        let talk = try await host.agent(shell, calls(path))

        #expect(talk.lines.contains("failed backup exposed"), "\(talk.lines)")
        #expect(talk.text("why") == "anyone can write to \(path)")
        #expect(try host.read("etc/main.cf") == "old")
    }

    /// Administrators keep configurations under git, and have groups of their own.
    @Test(arguments: AgentShell.allCases, ["chown games $1", "chmod 664 $1; chgrp games $1"])
    func `a file of another user or group is changed as any other, and the plan notes it`(
        shell: AgentShell,
        command: String
    ) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        _ = try await host.console(["sh", "-c", command, "sh", host.path("etc/main.cf")])

        let talk = try await host.agent(shell, calls(host.path("etc/main.cf")))

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
    }

    @Test(arguments: AgentShell.allCases, ["touch", "ln -s /var/tmp"])
    func `what is no folder in the place of the backups is told as that`(shell: AgentShell, planting: String)
        async throws
    {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        _ = try await host.console(["sh", "-c", "\(planting) \(host.backups)"])

        let talk = try await host.agent(shell, [Call("list")])

        #expect(talk.lines.contains("failed list exposed") && talk.text("why").hasSuffix("is not a folder"))
        let failure = AgentFailure(call: AgentCall(["list"]), code: "exposed", why: talk.text("why")).failure
        #expect(failure.hint?.contains("mtactl creates") == true && !failure.problem.contains("can write"))
    }

    @Test(arguments: AgentShell.allCases, ["install -d -o games", "install -d -m 755", "ln -s /var/tmp"])
    func `backups are kept in no folder but root's own`(shell: AgentShell, planting: String) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        _ = try await host.console(["sh", "-c", "\(planting) \(host.backups)"])

        let talk = try await host.agent(shell, calls(host.path("etc/main.cf")) + [Call("list")])

        #expect(
            talk.lines.contains("failed open exposed") && talk.lines.contains("failed list exposed"),
            "\(talk.lines)"
        )
        #expect(talk.text("why").contains(host.backups))
        #expect(try host.read("etc/main.cf") == "old")
    }

    @Test(arguments: AgentShell.allCases)
    func `nothing is put back into a folder that others may change by then`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        _ = try await host.agent(shell, calls(host.path("etc/main.cf")))
        _ = try await host.console(["chmod", "777", host.path("etc")])

        let refused = try await host.restore("r1", under: shell)
        let told = try await host.agent(shell, [Call("restore", "r1")])

        #expect(refused.status == 6 && refused.output.contains("anyone can write to \(host.path("etc"))"))
        #expect(told.lines.last == "failed restore exposed")
        #expect(try host.read("etc/main.cf") == "new")
        _ = try await host.console(["chmod", "755", host.path("etc")])
        #expect(try await host.restore("r1", under: shell).status == 0)
        #expect(try host.read("etc/main.cf") == "old")
    }

    /// Whoever is killed between the rename that confirms a run and what follows it leaves nothing behind.
    @Test(arguments: AgentShell.allCases)
    func `a folder of ours is gone before the run is confirmed`(shell: AgentShell) async throws {
        let host = try AgentHost()
        _ = try await host.console(["install", "-d", "-o", "games", host.path("mail")])
        try host.write("mail/main.cf", "old")
        let killed = "mv() { command mv \"$@\"; case $* in *state.confirmed) kill -9 $$ ;; esac; }"

        _ = try await host.agent(
            shell,
            prelude: killed,
            calls(host.path("mail/main.cf"), trusting: ["games"])
        )

        #expect(try host.state(of: "r1") == ["state.confirmed"])
        #expect(try host.read("mail/main.cf") == "new")
        let left = try FileManager.default.contentsOfDirectory(atPath: host.folder.path)
        #expect(!left.contains { $0.hasPrefix(".mtactl-") }, "\(left)")
    }

    /// Nothing is made in a folder of somebody else's, and from another file system nothing can be renamed.
    @Test(arguments: AgentShell.allCases)
    func `a folder of another user on a file system of its own is named`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let mount = "mkdir \"$1\" && mount -t tmpfs -o size=64k,mode=755,uid=5 tmpfs \"$1\" && shift && exec \"$@\""
        let mail = host.path("mail")

        let talk = try await host.agent(
            shell,
            wrapper: ["unshare", "--mount", "sh", "-c", mount, "x", mail],
            calls("\(mail)/main.cf", trusting: ["games"])
        )

        // Before anything is written, and what is only removed could not be put back either.
        #expect(talk.lines.contains("failed backup apart") && talk.text("why") == mail, "\(talk.lines)")
        let failure = AgentFailure(call: AgentCall(["backup"]), code: "apart", why: mail).failure
        #expect(failure.hint?.contains("`findmnt -T \(mail)`") == true)
    }

    /// A link that leads to a folder comes just before the file is renamed: by `mv FILE PATH` it would go there.
    @Test(arguments: AgentShell.allCases)
    func `a link to a folder in the place of a file is replaced`(shell: AgentShell) async throws {
        let host = try AgentHost()
        _ = try await host.console(["install", "-d", "-o", "games", host.path("mail")])
        try host.write("mail/main.cf", "old")
        _ = try await host.console(["mkdir", host.path("other")])
        let planting = """
            mv() {
                case "$*" in *main.cf*) ln -sfn \(host.path("other").quoted) \(host.path("mail/main.cf").quoted) ;; esac
                command mv "$@"
            }

            """

        let talk = try await host.agent(
            shell,
            prelude: planting,
            calls(host.path("mail/main.cf"), trusting: ["games"])
        )
        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(try host.read("mail/main.cf") == "new")

        let restore = planting + String(decoding: RestoreProgram.text, as: UTF8.self)
        try host.write("backups/r1/planting", restore)
        let ended = try await host.console(shell.words + [host.path("backups/r1/planting")])
        #expect(ended.status == 0, "\(ended.output)")
        #expect(try host.read("mail/main.cf") == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: host.path("other")).isEmpty)
    }

    /// The mail server's own user, in its own folder, puts links and pipes wherever the agent could write.
    @Test(arguments: AgentShell.allCases)
    func `links and pipes that are planted while we write lead nowhere`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/secret", "root's", mode: 0o600)
        let before = try host.files()
        let script = """
            cd "$1" || exit
            while [ ! -e ../stop ]; do
                for name in main.cf.mtactl-r1 main.cf.mtactl-r1.bare main.cf.mtactl-r1.db .mtactl-r1 main.cf.new; do
                    rm -rf "$name"; ln -s "$2" "$name"; rm -f "$name"; mkfifo "$name"
                done
                ln -sf "$2" own && mv -f own main.cf; echo mine >own; mv -f own main.cf
            done 2>/dev/null
            """
        _ = try await host.console(["install", "-d", "-o", "games", host.path("mail")])
        let attack = Task {
            let words = ["setpriv", "--reuid=games", "--regid=games", "--clear-groups", "sh", "-c", script, "sh"]
            return try await host.console(words + [host.path("mail"), host.path("etc/secret")])
        }
        var ends: Set<String> = []
        for _ in 0..<12 {
            let talk = try await host.agent(shell, calls(host.path("mail/main.cf"), trusting: ["games"]))
            ends.insert(talk.lines.last { $0.hasPrefix("done confirm") || $0.hasPrefix("undone") } ?? "refused")
            _ = try await host.restore("r1", "--force", under: shell)
            #expect(try host.files() == before)
            _ = try await host.console(["rm", "-rf", host.path("backups/r1"), host.path("backups/lock")])
        }
        try host.write("stop", "")
        _ = try await attack.value

        #expect(try FileManager.default.contentsOfDirectory(atPath: host.folder.path).contains(".mtactl-r1") == false)
        #expect(!ends.isEmpty)
    }
}
