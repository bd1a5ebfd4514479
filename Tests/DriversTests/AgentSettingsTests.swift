import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// What a program of the host reads and writes is changed, and put back, as files are.
@Suite("Agent, settings")
struct AgentSettingsTests {
    private static let password = DriverBench.password

    /// Two settings, of which the first takes what it is given on standard input and the second as an argument, with a
    /// secret; and a file next to them.
    private struct Sample {
        let host: AgentHost
        let tool: SettingTool
        let prelude: String

        init() throws {
            host = try AgentHost()
            tool = try SettingTool(on: host)
            try tool.set("Mode", to: "dns")
            try tool.set("Relay", to: "user:old secret@relay.example")
            try host.write("etc/file", "old\n")
            prelude = "PATH=$PATH:\(host.path("bin").quoted); export PATH"
        }

        func calls(run: String = "r1", expecting mode: String = "dns") throws -> [Call] {
            let read = { SettingTool.read($0).words }
            let write = SettingChange.Write.argument(["tool", "set", "Relay"]).program.words
            var first = Call("setting", "Mode", sha256(Array("\(mode)\n".utf8)), "plain", "\(read("Mode").count)")
            first.words += read("Mode") + ["tool", "take", "Mode"]
            var second = Call("setting", "Relay", "any", "secret", "\(read("Relay").count)")
            second.words += read("Relay") + write
            return [
                .with(RestoreProgram.text, "open", run, "anna@desk", "icewarp"), Call("manifest", "reload", "true"),
                Call("backup", host.path("etc/file")), first, second,
                .with(Array("new\n".utf8), "stage", host.path("etc/file"), "0644", "root", "root"),
                .with(Array("relay\n".utf8), "assign", "Mode"),
                .with(Array("user:\(AgentSettingsTests.password)@relay.example\n".utf8), "assign", "Relay"),
                Call("swap"),
                Call("run", "reload", "true"), Call("confirm"),
            ]
        }

        func agent(_ shell: AgentShell, _ calls: [Call]) async throws -> Conversation {
            try await host.agent(shell, prelude: prelude, calls)
        }

        /// Puts the run back as a person does, with the tool in the path.
        func restore(_ options: String..., under shell: AgentShell = .dash) async throws -> (
            status: Int, output: String
        ) {
            let words = shell.words + [host.path("backups/r1/restore")] + options
            return try await host.console(["env", "PATH=/usr/bin:/bin:\(host.path("bin"))"] + words)
        }

        var isAsFound: Bool {
            get throws {
                try tool.value(of: "Mode") == "dns" && tool.value(of: "Relay") == "user:old secret@relay.example"
                    && host.read("etc/file") == "old\n"
            }
        }

        var isAsAsked: Bool {
            get throws {
                try tool.value(of: "Mode") == "relay"
                    && tool.value(of: "Relay") == "user:\(AgentSettingsTests.password)@relay.example"
                    && host.read("etc/file") == "new\n"
            }
        }

        /// All that the conversation and the host say outside of the closed folder of the backup.
        func expectNoSecret(in talk: Conversation, at place: SourceLocation = #_sourceLocation) throws {
            for secret in ["p0is0n", "old secret"] {
                #expect(
                    !"\(talk.lines) \(talk.text("why")) \(talk.text("restore"))".contains(secret),
                    sourceLocation: place
                )
                for name in ["journal", "manifest"] where host.exists("backups/r1/\(name)") {
                    #expect(try !host.read("backups/r1/\(name)").contains(secret), sourceLocation: place)
                }
            }
        }
    }

    @Test(arguments: AgentShell.allCases)
    func `settings are changed and confirmed, and come back`(shell: AgentShell) async throws {
        let sample = try Sample()

        let talk = try await sample.agent(shell, sample.calls())

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(talk.lines.contains("step set Mode") && talk.lines.contains("step set Relay"))
        #expect(try sample.isAsAsked)
        try sample.expectNoSecret(in: talk)
        // The new secret is in no file of the backup any more; the old one is in one, and nobody else can read it.
        #expect(try sample.host.files(in: "backups/r1").allSatisfy { !$0.value.bytes.contains(Self.password) })
        let kept = try sample.host.files(in: "backups/r1/files")
        #expect(kept["2"]?.mode == 0o600 && kept["3"]?.mode == 0o600)
        let back = try await sample.restore(under: shell)
        #expect(back.status == 0, "\(back.output)")
        #expect(back.output.contains("Relay: put back") && back.output.contains("Mode: put back"))
        #expect(try sample.isAsFound)
    }

    @Test(arguments: [SettingTool.Flaw.half, .lies])
    func `what fails halfway is put back, and its words with a secret are not passed on`(flaw: SettingTool.Flaw)
        async throws
    {
        let sample = try Sample()
        try sample.tool.breakDown(flaw, at: "Relay")

        let talk = try await sample.agent(.dash, sample.calls())

        #expect(talk.lines.contains("failed swap setting"), "\(talk.lines)")
        #expect(talk.lines.contains("undone restored"), "\(talk.text("restore"))")
        #expect(talk.text("why").hasPrefix("Relay"))
        #expect(try sample.isAsFound)
        try sample.expectNoSecret(in: talk)
    }

    @Test func `a program that cannot even read any more leaves a host that is stranded, with the rest put back`()
        async throws
    {
        let sample = try Sample()
        try sample.tool.breakDown(.mute, at: "Mode")

        let talk = try await sample.agent(.dash, sample.calls())

        #expect(talk.lines.contains("undone stranded"))
        #expect(talk.restoreReport.records.contains(.notPutBack("Mode", kept: sample.host.path("backups/r1/files/2"))))
        #expect(try sample.host.read("etc/file") == "old\n")
        // Once it is mended, the same program finishes.
        try FileManager.default.removeItem(atPath: sample.host.path("values/mute"))
        let back = try await sample.restore()
        #expect(back.status == 0, "\(back.output)")
        #expect(try sample.isAsFound)
    }

    @Test func `a value that is not as planned refuses the host, untouched`() async throws {
        let sample = try Sample()

        let talk = try await sample.agent(.dash, sample.calls(expecting: "something else"))

        #expect(talk.lines.contains("failed setting moved"))
        #expect(talk.text("why").contains("Mode is not what it was"))
        #expect(try sample.isAsFound)
        #expect(!sample.host.exists("backups/r1"))
    }

    @Test func `a value that changed between the backup and the change refuses the host`() async throws {
        let sample = try Sample()
        var calls = try sample.calls()
        let swap = try #require(calls.firstIndex { $0.words == ["swap"] })
        calls.insert(Call("check", "0", "tool", "set", "Relay", "theirs"), at: swap)

        let talk = try await sample.agent(.dash, calls)

        #expect(talk.lines.contains("failed swap moved"))
        #expect(talk.text("why").contains("Relay is not what it was"))
        #expect(talk.lines.contains("undone refused"))
        #expect(try sample.tool.value(of: "Mode") == "dns" && sample.host.read("etc/file") == "old\n")
    }

    @Test func `a setting that others changed since stays, unless it is forced, and then is kept`() async throws {
        let sample = try Sample()
        _ = try await sample.agent(.dash, sample.calls())
        try sample.tool.set("Relay", to: "theirs")

        let refused = try await sample.restore()
        #expect(refused.status == 3)
        #expect(refused.output.contains("Relay: changed since"))
        #expect(try sample.tool.value(of: "Relay") == "theirs" && sample.host.read("etc/file") == "new\n")

        let forced = try await sample.restore("--force")
        #expect(forced.status == 0, "\(forced.output)")
        #expect(try sample.isAsFound)
        #expect(try sample.host.read("backups/r1/displaced/3") == "theirs\n")
    }

    @Test(arguments: AgentShell.allCases)
    func `killed around any line of the journal, settings can be put back`(shell: AgentShell) async throws {
        let line = #"{ printf '%s\n' "$*" >>"$run/journal"; } 2>/dev/null && return"#
        let text = String(decoding: AgentProgram.text, as: UTF8.self)
        try #require(text.contains(line))
        let stepping = "step; \(line.replacingOccurrences(of: "&& return", with: "&& step && return"))"
        let program = Array(text.replacingOccurrences(of: line, with: stepping).utf8)
        for step in 1... {
            let sample = try Sample()
            let dying = "steps=0; step() { steps=$((steps + 1)); [ $steps -ne \(step) ] || kill -9 $$; }"
            let talk = try await sample.host.agent(
                shell,
                prelude: "\(sample.prelude)\n\(dying)",
                program: program,
                sample.calls()
            )
            if talk.lines.last == "done confirm" {
                #expect(step > 15)
                return
            }
            if try sample.host.state(of: "r1") == ["state.confirmed"] {
                #expect(try sample.isAsAsked, "step \(step)")
                continue
            }
            let ended = try await sample.restore(under: shell)
            #expect(ended.status == 0, "step \(step): \(ended.output)")
            #expect(try sample.isAsFound, "step \(step): \(ended.output)")
        }
    }

    @Test func `the backup is whole only while the values in it are`() async throws {
        let sample = try Sample()
        _ = try await sample.agent(.dash, sample.calls())
        let whole = try await sample.agent(.dash, [Call("audit")])
        try sample.host.write("backups/r1/files/3", "user:old", mode: 0o600)

        let damaged = try await sample.agent(.dash, [Call("audit")])
        let back = try await sample.restore()

        #expect(whole.lines.contains { $0.hasPrefix("run r1 confirmed icewarp 3 ") })
        #expect(!whole.lines.contains { $0.hasPrefix("damage") })
        #expect(damaged.lines.contains { $0.hasPrefix("damage r1 files/3 is not Relay") }, "\(damaged.lines)")
        #expect(back.status == 4)
        #expect(try sample.isAsAsked)
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool { String(decoding: self, as: UTF8.self).contains(text) }
}
