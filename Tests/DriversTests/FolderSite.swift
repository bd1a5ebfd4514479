import Foundation
import MTAPlan

@testable import Drivers

/// A folder that plays a POSIX host, with the real agent in a shell of this machine.
final class FolderSite: Site {
    let name = "mx1"
    let executor: (any TaskExecutor)? = nil
    let host: AgentHost

    init() throws {
        host = try AgentHost()
        try FileManager.default.createDirectory(
            atPath: host.path("bin"),
            withIntermediateDirectories: true
        )
    }

    func facts(for purpose: FactsPurpose, files: [String]) async throws(Failure) -> Facts {
        throw Failure("a folder has no mail server")
    }

    func withDriver<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let shell = try await ProcessHost(name: name, words: ["sh", "-c"])
            .start("PATH=$PATH:\(host.path("bin").shellQuoted); export PATH; exec sh -s")
        do throws(Failure) {
            // As on a host: the first calls are a part of the program.
            let sent = SentAgent(to: shell, backups: host.backups, opensRuns: true)
            let agent = AgentSession(sent, progress: progress)
            let result = try await body(POSIXDriver(agent))
            try await shell.finishInput()
            // The agent ends what is open before it closes its output.
            while try await shell.read(within: .seconds(60)) != nil {}
            await shell.close()
            return result
        } catch {
            await shell.close()
            throw error
        }
    }

    func backup(of run: String) -> BackupPlace? {
        BackupPlace(path: "\(host.backups)/\(run)", restore: "sh \(host.backups)/\(run)/restore")
    }

    func close() async {}
}
