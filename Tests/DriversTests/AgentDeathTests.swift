import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Whatever dies at whatever step, the host is as found or as asked, and a person can put it back.
@Suite("Agent, killed")
struct AgentDeathTests {
    /// Functions in place of all tools that change something: before the n-th call, or after it, the shell dies.
    private static func tools(dyingAt step: Int, of host: AgentHost) -> String {
        tools(doing: "[ \"${#steps}\" -lt \(step) ] || { kill -9 $$; exit 1; }", of: host)
    }

    /// Before the n-th call, or after it, something else is done.
    private static func tools(doing what: String, of host: AgentHost) -> String {
        // A byte a step: what runs side by side may add one at the same time.
        var text = """
            step() {
                printf x >>\(host.path("steps").quoted)
                IFS= read -r steps <\(host.path("steps").quoted)
                \(what)
            }

            """
        for tool in ["cp", "chmod", "chown", "dd", "cat", "sync", "sed", "touch", "sha256sum"] {
            text += "\(tool)() { step; command \(tool) \"$@\"; }\n"
        }
        for tool in ["mkdir", "ln", "mv", "rm"] {
            text += "\(tool)() { step; command \(tool) \"$@\"; set -- $?; step; return \"$1\"; }\n"
        }
        return text
    }

    /// Runs one case after another, two at a time, until one says that there are no more.
    private func everyStep(_ body: @escaping @Sendable (Int) async throws -> Bool) async throws -> Int {
        try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            var next = 1
            for _ in 0..<2 {
                let step = next
                group.addTask { (step, try await body(step)) }
                next += 1
            }
            var isMore = true
            while let (_, again) = try await group.next() {
                isMore = isMore && again
                guard isMore else { continue }
                let step = next
                group.addTask { (step, try await body(step)) }
                next += 1
            }
            return next
        }
    }

    @Test func `the agent killed around any command leaves a host that can be put back`() async throws {
        let steps = try await everyStep { step in
            let sample = try AgentSample()
            try sample.host.write("steps", "")
            let prelude = Self.tools(dyingAt: step, of: sample.host)
            let talk = try await sample.host.agent(prelude: prelude, sample.calls())
            if try sample.host.read("steps").count < step { return false }

            if try sample.host.state(of: "r1") == ["state.confirmed"] {
                #expect(try sample.isAsAsked, "step \(step)")
            } else if sample.host.exists("backups/r1/restore") {
                let ended = try await sample.host.restore("r1")
                #expect(ended.status == 0, "step \(step): \(ended.output)")
                try sample.expectAsFound("step \(step) after \(talk.lines.last ?? "nothing"): \(ended.output)")
                #expect(try sample.host.state(of: "r1") != ["state.pending"])
            } else {
                try sample.expectAsFound("step \(step)")
            }
            // Whoever comes next finds no trace but, at most, the lock of a run that was just confirmed.
            let next = try await sample.host.agent(
                .dash,
                [
                    Call("restore", "r1"), .with(RestoreProgram.text, "open", "r2", "me", "postfix"),
                    Call("close"),
                ]
            )
            #expect(next.lines.contains("done open"), "step \(step): \(next.lines)")
            return true
        }
        #expect(steps > 50)
    }

    @Test func `SIGTERM around any command, as when the host goes down: the agent puts the host back by itself`()
        async throws
    {
        let steps = try await everyStep { step in
            let sample = try AgentSample()
            try sample.host.write("steps", "")
            let prelude = Self.tools(doing: "[ \"${#steps}\" -ne \(step) ] || kill -TERM $$", of: sample.host)
            let talk = try await sample.host.agent(prelude: prelude, sample.calls())
            if try sample.host.read("steps").count < step { return false }

            if try sample.host.state(of: "r1") == ["state.confirmed"] {
                #expect(try sample.isAsAsked, "step \(step)")
            } else {
                try sample.expectAsFound("step \(step) after \(talk.lines.last ?? "nothing"): \(talk.text("restore"))")
                #expect(try ["state.restored"].contains(sample.host.state(of: "r1").first ?? "state.restored"))
            }
            #expect(!sample.host.exists("backups/lock"), "step \(step): \(talk.lines)")
            return true
        }
        #expect(steps > 50)
    }

    @Test(arguments: AgentShell.allCases)
    func `the agent killed around any line of its journal leaves a host that can be put back`(
        shell: AgentShell
    ) async throws {
        let line = #"{ printf '%s\n' "$*" >>"$run/journal"; } 2>/dev/null && return"#
        let text = String(decoding: AgentProgram.text, as: UTF8.self)
        try #require(text.contains(line))
        let program = Array(
            text.replacingOccurrences(
                of: line,
                with: "step; \(line.replacingOccurrences(of: "&& return", with: "&& step && return"))"
            ).utf8
        )
        let steps = try await everyStep { step in
            let sample = try AgentSample()
            let prelude = "steps=0; step() { steps=$((steps + 1)); [ $steps -ne \(step) ] || kill -9 $$; }"
            let talk = try await sample.host.agent(shell, prelude: prelude, program: program, sample.calls())
            if talk.lines.last == "done confirm" { return false }

            if try sample.host.state(of: "r1") == ["state.confirmed"] {
                #expect(try sample.isAsAsked, "step \(step)")
            } else {
                let ended = try await sample.host.restore("r1", under: shell)
                #expect(ended.status == 0, "step \(step): \(ended.output)")
                try sample.expectAsFound("step \(step): \(ended.output)")
                #expect(!sample.host.exists("backups/lock"))
            }
            return true
        }
        #expect(steps > 25)
    }

    @Test func `the restore program killed around any command finishes when it is run again`() async throws {
        let steps = try await everyStep { step in
            let sample = try AgentSample()
            try sample.host.write("steps", "")
            _ = try await sample.host.agent(.dash, sample.calls())
            let text = String(decoding: RestoreProgram.text, as: UTF8.self)
            let dying = Data((Self.tools(dyingAt: step, of: sample.host) + text).utf8)
            try dying.write(to: sample.host.folder.appending(path: "backups/r1/dying-restore"))
            let first = try await sample.host.console(["dash", sample.host.path("backups/r1/dying-restore")])
            if first.status >= 0 { return false }

            let ended = try await sample.host.restore("r1")

            #expect(ended.status == 0, "step \(step): \(ended.output)")
            try sample.expectAsFound("step \(step): \(ended.output)")
            #expect(try sample.host.state(of: "r1") == ["state.restored"])
            #expect(!sample.host.exists("backups/lock"))
            return true
        }
        #expect(steps > 25)
    }

    /// The file system is as small as a host's that is full, and fills up before the n-th command.
    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a disk that fills up at any step leaves the host as found or as asked`() async throws {
        let steps = try await everyStep { step in
            let sample = try AgentSample()
            let host = sample.host
            try host.write("steps", "")
            let small = host.path("small")
            let full = """
                B=\((small + "/backups").quoted)
                step() {
                    printf x >>\(host.path("steps").quoted)
                    IFS= read -r steps <\(host.path("steps").quoted)
                    [ "${#steps}" -lt \(step) ] || [ -e \(small)/ballast ] ||
                        command dd if=/dev/zero of=\(small)/ballast bs=4096 2>/dev/null
                }

                """
            let tools = [
                "mkdir", "ln", "mv", "cp", "rm", "chmod", "chown", "dd", "cat", "sync", "sed", "touch", "sha256sum",
            ]
            .map { "\($0)() { step; command \($0) \"$@\"; }\n" }.joined()
            let mount = """
                mkdir "$1" && mount -t tmpfs -o size=512k,mode=755 tmpfs "$1" && cp -a "$2" "$1/etc" && shift 2 && "$@"
                rm -f "$S/ballast"; cp -a "$S/etc" "$S/../result"; cp -a "$S/backups" "$S/../backups"
                """
            let calls = sample.calls().map { call in
                var call = call
                call.words = call.words.map {
                    $0.replacingOccurrences(of: "\(host.folder.path)/etc", with: "\(small)/etc")
                }
                return call
            }
            let talk = try await host.agent(
                prelude: full + tools,
                wrapper: ["unshare", "--mount", "sh", "-c", "S=\(small)\n\(mount)", "x", small, host.path("etc")],
                calls
            )
            guard try host.read("steps").count >= step else { return false }

            let now = try host.files(in: "result")
            if try host.state(of: "r1") == ["state.confirmed"] {
                #expect(now.mapValues(\.asked) == AgentSample.asked, "step \(step)")
            } else {
                #expect(now == sample.found, "step \(step): \(talk.lines) \(talk.text("why")) \(talk.text("restore"))")
                #expect(try ["state.restored"].contains(host.state(of: "r1").first ?? "state.restored"))
            }
            #expect(!host.exists("backups/lock"))
            return true
        }
        #expect(steps > 35)
    }

    /// Beside the backup there is no room for what the reload prints.
    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a reload that prints puts back, too, where the disk of the backups is full`() async throws {
        let sample = try AgentSample()
        let backups = sample.host.path("backups")
        let full = "dd if=/dev/zero of=\"$1/ballast\" bs=4096 2>/dev/null; true"
        let calls = sample.calls().flatMap { call in
            call.words == ["confirm"] ? [Call("run", "health", "sh", "-c", full, "x", backups), Call("undo")] : [call]
        }
        let mount = "mkdir -p \"$1\" && mount -t tmpfs -o size=512k,mode=700 tmpfs \"$1\" && shift && exec \"$@\""

        let talk = try await sample.host.agent(wrapper: ["unshare", "--mount", "sh", "-c", mount, "x", backups], calls)

        #expect(talk.lines.suffix(2) == ["undone restored", "done undo"], "\(talk.lines) \(talk.text("restore"))")
        #expect(try sample.host.files() == sample.found)
    }
}
