import Foundation
import MTAApply
import MTAPlan

/// What mtactl keeps of its own runs on this machine: `$XDG_STATE_HOME/mtactl`, else `~/.local/state/mtactl`.
///
/// The history, and for each run the names of the hosts that failed. How a host is put back is kept on the host alone.
enum StateFolder {
    /// Files of older runs than these are removed.
    private static let most = 50

    static var path: String {
        let given = ProcessInfo.processInfo.environment["XDG_STATE_HOME"] ?? ""
        let base = given.hasPrefix("/") ? given : NSHomeDirectory() + "/.local/state"
        return base + "/mtactl"
    }

    /// The file with the names of the hosts that failed in a run, as `-l @FILE` takes it.
    static func failedHosts(of run: String) -> String { "\(path)/\(run).failed" }

    /// The history, in a folder that only its owner can read.
    ///
    /// - Throws: Where it cannot be opened or created.
    static func history() throws(Failure) -> History {
        do { try create() } catch {
            throw Failure(
                "the folder cannot be created: \(error.localizedDescription)",
                hint: "set XDG_STATE_HOME to a folder of your own",
                at: path
            )
        }
        return try History(path: "\(path)/history.db")
    }

    private static func create() throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// Writes that file.
    ///
    /// - Returns: Its path.
    static func writeFailedHosts(_ hosts: [String], of run: String) throws(Failure) -> String {
        let file = failedHosts(of: run)
        do {
            try create()
            try Data((hosts.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file), options: .atomic)
            try removeOld()
        } catch {
            throw Failure(
                "the names of the failed hosts could not be written to \(file): \(error.localizedDescription)",
                hint: "set XDG_STATE_HOME to a folder of your own"
            )
        }
        return file
    }

    private static func removeOld() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".failed") }
        for name in names.sorted().dropLast(most) { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }
    }
}
