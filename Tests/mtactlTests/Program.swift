import Foundation
import Subprocess
import SystemPackage

/// The built program, run as a user runs it.
struct Program {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path()

    var status: Int32
    var output: String
    var errors: String

    /// Runs mtactl in the project's folder, without a terminal.
    static func mtactl(_ words: [String]) async throws -> Program {
        let result = try await run(
            .path(FilePath("\(root)/.build/debug/mtactl")),
            arguments: Arguments(words),
            environment: .inherit.updating(["COLUMNS": "80", "MTACTL_INVENTORY": nil]),
            workingDirectory: FilePath(root),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        let status: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
        return Program(status: status, output: result.standardOutput, errors: result.standardError)
    }
}
