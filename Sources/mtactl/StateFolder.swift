import Foundation
import MTAApply
import MTAPlan

/// What mtactl keeps of its own runs on this machine: `$XDG_STATE_HOME/mtactl`, else `~/.local/state/mtactl`.
///
/// The history, the plans that scripts were made from, and for each run the names of the hosts that failed. How a host is
/// put back is kept on the host alone.
enum StateFolder {
    /// Of each kind of file, only those of this many runs are kept: the newest.
    static let most = 50

    /// A file that a run leaves here, by its suffix.
    enum RunFile: String, CaseIterable {
        /// The names of the hosts that failed.
        case failed
        /// The plan that scripts were made from.
        case plan
    }

    static var path: String {
        let given = ProcessInfo.processInfo.environment["XDG_STATE_HOME"] ?? ""
        let base = given.hasPrefix("/") ? given : NSHomeDirectory() + "/.local/state"
        return base + "/mtactl"
    }

    /// The file with the names of the hosts that failed in a run, as `-l @FILE` takes it.
    static func failedHosts(of run: String) -> String { "\(path)/\(run).\(RunFile.failed.rawValue)" }

    /// The plan that the scripts of a run were made from.
    static func plan(of run: String) -> String { "\(path)/\(run).\(RunFile.plan.rawValue)" }

    static var historyPath: String { "\(path)/history.db" }

    /// The history, which only its owner can read.
    ///
    /// - Throws: Where it cannot be opened or created.
    static func history() throws(Failure) -> History {
        try make()
        return try History(path: historyPath)
    }

    /// Creates the folder, closed to others, unless it is there.
    static func make() throws(Failure) {
        do { try create() } catch {
            throw Failure(
                "the folder cannot be created: \(error.localizedDescription)",
                hint: "set XDG_STATE_HOME to a folder of your own",
                at: path
            )
        }
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
            try removeOld(.failed)
        } catch {
            throw Failure(
                "the names of the failed hosts could not be written to \(file): \(error.localizedDescription)",
                hint: "set XDG_STATE_HOME to a folder of your own"
            )
        }
        return file
    }

    /// Stores the plan that the scripts of a run were made from.
    ///
    /// - Throws: Where it cannot be written, or an older one cannot be removed.
    static func writePlan(_ plan: SavedPlan, of run: String) throws(Failure) {
        try make()
        try plan.write(to: self.plan(of: run))
        do { try removeOld(.plan) } catch {
            throw Failure("plans of older scripts cannot be removed: \(error.localizedDescription)", at: path)
        }
    }

    /// Removes the files of a kind, except for the newest.
    ///
    /// The names begin with run IDs, which sort by time.
    static func removeOld(_ kind: RunFile, in folder: String = path) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".\(kind.rawValue)")
        }
        for name in names.sorted().dropLast(most) { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    }
}
