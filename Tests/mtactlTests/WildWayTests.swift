import Foundation
import Subprocess
import SystemPackage
import Testing

/// Hosts as people reach them: the program as a whole, real sshds, and who was let in where.
@Suite(.enabled(if: getuid() == 0, "needs root, for namespaces of its own"))
struct WildWayTests {
    static let folder = "\(Program.root)/Tests/mtactlTests/Ways".replacing("//", with: "/")
    static let cases = WildCase.names(in: folder)

    @Test func `there are cases`() {
        #expect(Self.cases.count >= 14)
    }

    /// `MTACTL_RECORD=1` writes what comes of them again.
    @Test(arguments: cases)
    func `hosts are reached as people reach them`(_ name: String) async throws {
        let ended = try await run(
            .name("unshare"),
            arguments: [
                "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                "\(Self.folder)/world", "\(Program.root)/.build/debug/mtactl", "\(Self.folder)/\(name)",
            ],
            environment: .inherit.updating(["MTACTL_INVENTORY": nil]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(ended.terminationStatus.isSuccess, "\(ended.standardError)")
        if ProcessInfo.processInfo.environment["MTACTL_RECORD"] == "1" {
            try ended.standardOutput.write(toFile: "\(Self.folder)/\(name)/expected", atomically: true, encoding: .utf8)
        }

        let expected = try String(contentsOfFile: "\(Self.folder)/\(name)/expected", encoding: .utf8)
        #expect(ended.standardOutput == expected)
    }
}
