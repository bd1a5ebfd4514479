import Drivers
import Foundation
import MTAPlan
import Subprocess
import Support
import Testing

/// What people run themselves is what mtactl does over SSH.
@Suite struct PowerShellScriptTests {
    /// The calls of a transaction that is undone, as its documents had them.
    private func transaction(_ work: PowerShellWork) async throws -> [[ScriptSample.Call]] {
        let host = FakeWindowsHost(connectors: ScriptSample.found)
        host.with { $0.restartFailsWith = "new" }
        _ = try await FakeWindowsSite(host).session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.change(
                .powerShell(work),
                as: RunOpening(
                    run: ScriptSample.run,
                    server: "exchange",
                    log: nil,
                    revertAfter: 60,
                    secrets: ScriptSample.secrets
                )
            )
        }
        return host.with { $0.documents }.map(Self.calls)
    }

    private static func calls(in document: String) -> [ScriptSample.Call] {
        var calls: [ScriptSample.Call] = []
        var users: [String: String] = [:]
        let decoded = { (text: String) in String(decoding: Base64.decoded(text) ?? [], as: UTF8.self) }
        for line in document.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            switch fields[0] {
            case "login": users[fields[1]] = decoded(fields[2])
            case "call":
                calls.append(
                    .init(id: fields[1], must: fields[3] == "must", name: fields[2], arguments: [:], properties: [])
                )
            case "get": calls[calls.count - 1].properties.append(fields[1])
            case "arg":
                let value = fields.count > 3 ? fields[3] : ""
                calls[calls.count - 1].arguments[fields[1]] =
                    switch fields[2] {
                    case "text": ["text", json(decoded(value))]
                    case "list":
                        [
                            "list",
                            "[\(value.split(separator: ",").map { json(decoded(String($0))) }.joined(separator: ", "))]",
                        ]
                    case "flag": ["flag", value == "1" ? "true" : "false"]
                    case "login": ["login", "[\(json(users[value] ?? "")), \"login 1\"]"]
                    case "null": ["null", "null"]
                    default: [fields[2], value]
                    }
            default: continue
            }
        }
        return calls
    }

    private static func json(_ text: String) -> String { "\"\(text.replacing("\\", with: "\\\\"))\"" }

    private func named(_ calls: [ScriptSample.Call], _ prefixes: String...) -> [ScriptSample.Call] {
        calls.filter { call in prefixes.contains { call.id.hasPrefix($0) } }
    }

    @Test func `a script has the calls of the transaction, in their order, and the same undo`() async throws {
        let work = ScriptSample.work()
        let documents = try await transaction(work)
        let script = try await ScriptSample.calls(in: ScriptSample.script(work))

        let looked = try #require(documents.first { $0.contains { $0.id == "expect-0" } })
        #expect(script["Look"] == looked.filter { $0.id != "lock" && $0.id != "holder" })
        let changed = try #require(documents.first { $0.contains { $0.id == "step-0" } })
        #expect(script["Change"] == named(changed, "step-", "check-"))
        #expect(script["Restarts"]?.map(\.name) == ["RestartTransport"])
        #expect(
            documents.count { $0.contains { $0.name == "service.restart" } } == 2,
            "after the change, and after the undo"
        )

        let undone = try #require(documents.first { $0.contains { $0.id == "to-restoring" } })
        // What a step has answered is known only when it runs.
        let undoing = named(undone, "undo-").map { call in
            var call = call
            if call.arguments["Identity"] == ["text", "\"guid-of-new\""] {
                call.arguments["Identity"] = ["answered", "[\"step-0\", \"Guid\", \"new\"]"]
            }
            return call
        }
        #expect(script["TakeBack"] == undoing)
        let again = named(undone, "snapshot-").map { call in
            var call = call
            call.id = call.id.replacing("snapshot", with: "again")
            return call
        }
        #expect(script["Again"] == again)
    }

    @Test(arguments: [
        "O'Brien", "‘; Remove-Item C:\\ ’", "$(Get-Process) `\" #", "@{}; } function Look {", "Ünïcode", "-ErrorAction",
        "''",
    ])
    func `a name is a text in it, whatever stands in the name`(name: String) async throws {
        let script = try await ScriptSample.calls(in: ScriptSample.script(ScriptSample.work(name: name)))

        let value = try #require(script["Change"]?.first?.arguments["Name"])
        #expect(value[0] == "text")
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(value[1])]".utf8)) == [name])
        #expect(script["Change"]?.map(\.name) == ["New-SendConnector", "Set-SendConnector", "Get-SendConnector"])
    }

    @Test func `no secret is in it, nor where the operator has one`() {
        let text = String(decoding: ScriptSample.script().bytes, as: UTF8.self)
        #expect(!text.contains(ScriptSample.password))
        #expect(!text.contains("FILTER_PASSWORD"))
        #expect(text.contains("Login: out [asked for]"))
        #expect(text.contains("(Login 'out' 'login 1')"))
    }

    @Test func `a note cannot leave its comment`() {
        let lines = String(decoding: ScriptSample.script().bytes, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.contains { $0.hasPrefix("#") && $0.contains("Remove-Item C:") })
        #expect(!lines.contains { !$0.hasPrefix("#") && $0.contains("Remove-Item C:") })
    }

    @Test func `one that asks has the questions that are asked over SSH`() async throws {
        let questions = WindowsQuestions()
        let script = PowerShellScript.facts(run: ScriptSample.run.text, site: "ex1", asking: questions, made: "Made.")
        let calls = try await ScriptSample.calls(in: script)
        #expect(calls["Look"]?.map(\.name) == ["host.facts", "file.read", "folder.list"])
        #expect(script.file == "ex1-facts")
    }

    @Test func `a host's name in a file's name has nothing in it that leads elsewhere`() {
        let script = PowerShellScript.facts(run: "", site: "../a b\\c:d", asking: WindowsQuestions(), made: "")
        #expect(script.file == ".._a_b_c_d-facts")
    }

    @Test(.enabled(if: ProgramTextTests.canParse, "Tests/Oracle/setup installs the grammar"))
    func `a script parses, and names only commands and parameters that there are`() async throws {
        let asking = PowerShellScript.facts(run: "r", site: "ex1", asking: WindowsQuestions(), made: "Made.")
        for script in [ScriptSample.script(), asking] { try await expectParsed(script) }
    }

    private func expectParsed(_ script: PowerShellScript) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ps1")
        // Its mark is for PowerShell.
        try Data(script.bytes.dropFirst(3)).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // It is the system's to clear away then.
        let root = ProgramTextTests.root
        let result = try await run(
            .name("env"),
            arguments: [
                root.appending(path: "Tests/Oracle/.venv/bin/python3").path,
                root.appending(path: "Tests/Oracle/powershell.py").path, file.path,
            ],
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(result.standardOutput == "")
        #expect(result.standardError == "")
    }
}
