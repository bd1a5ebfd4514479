import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Whatever dies at whatever step, the host is as found or as asked, and a person can put it back.
@Suite("Agent, killed")
struct AgentDeathTests {
    /// Functions in place of all tools that change something: before the n-th call, or after it, the shell dies.
    static func tools(dyingAt step: Int, of host: AgentHost) -> String {
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
    static func everyStep(_ body: @escaping @Sendable (Int) async throws -> Bool) async throws -> Int {
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
        let steps = try await Self.everyStep { step in
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
        let steps = try await Self.everyStep { step in
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
        let steps = try await Self.everyStep { step in
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
        let steps = try await Self.everyStep { step in
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
}
