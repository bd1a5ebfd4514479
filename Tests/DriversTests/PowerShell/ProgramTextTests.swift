import Drivers
import Foundation
import Subprocess
import Testing

/// The PowerShell texts, which no engine runs here: see `Tests/Oracle/powershell.py`.
@Suite struct ProgramTextTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = root.appending(path: "Tests/Oracle/.venv/bin/python3").path
    private static let folder = root.appending(path: "Sources/Drivers/PowerShell")
    private static let texts = ["bootstrap", "executor", "restore"].map { folder.appending(path: "\($0).ps1").path }

    static let canParse: Bool = {
        let library = root.appending(path: "Tests/Oracle/.venv/lib").path
        let names = FileManager.default.enumerator(atPath: library)?.compactMap { $0 as? String } ?? []
        return names.contains { $0.hasSuffix("site-packages/tree_sitter_powershell") }
    }()

    static let pwsh = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/pwsh" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: ProgramTextTests.canParse, "Tests/Oracle/setup installs the grammar"))
    func `every text parses, and names only commands and parameters that there are`() async throws {
        let result = try await run(
            .name("env"),
            arguments: Arguments(
                [Self.python, Self.root.appending(path: "Tests/Oracle/powershell.py").path] + Self.texts
            ),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(result.standardOutput == "")
        #expect(result.standardError == "")
    }

    @Test(
        .enabled(if: ProgramTextTests.pwsh != nil, "no pwsh on the PATH: the PowerShell texts were parsed, never run")
    )
    func `a real engine runs a document of functions that are there everywhere`() async throws {
        let document = [
            "nonce\t00ff", "shell\tnone", "call\ta\tname.resolve\tmust", "arg\tName\ttext\tMTI3LjAuMC4x",
            "get\tAddress",
        ]
        let lines = [
            Data(PowerShellProgram.executor).base64EncodedString(),
            Data(document.joined(separator: "\n").utf8).base64EncodedString(),
        ]
        let words = PowerShellProgram.commandLine.split(separator: " ").dropFirst().map(String.init)
        let result = try await run(
            .name("env"),
            arguments: Arguments([Self.pwsh ?? ""] + words),
            input: .string(lines.map { $0 + "\n" }.joined()),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(result.standardOutput.contains("<<MTACTL:00ff:") == true)
    }

    @Test func `the bootstrap is short`() throws {
        #expect(try String(contentsOf: Self.folder.appending(path: "bootstrap.ps1"), encoding: .utf8).count < 3000)
    }
}
