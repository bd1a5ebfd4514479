internal import MTAPlan

/// The folder of a run on a Windows host, and what is kept in it.
///
/// Its state is the name of a file, so that whoever moves the file has it: two cannot put one run back.
struct WindowsRun: Sendable {
    let id: String

    static let folder = "runs"
    static let lock = "lock"

    /// Relative to the folder of mtactl.
    var folder: String { "\(Self.folder)\\\(id)" }

    func path(_ file: File) -> String { "\(folder)\\\(file.rawValue)" }

    func path(_ state: RunState) -> String { "\(folder)\\state.\(state.rawValue)" }

    enum File: String, CaseIterable {
        /// What the run is, for people.
        case manifest
        /// `PowerShellWork`, for mtactl.
        case work = "work.json"
        /// All that was asked for before the change.
        case snapshot = "snapshot.txt"
        /// What the plan showed of the change.
        case edits = "edits.json"
        /// The same as the snapshot after it, where it was confirmed.
        case after = "after.txt"
        /// A document of the calls that undo it.
        case undo = "undo.txt"
        case executor = "executor.ps1"
        case restore = "restore.ps1"
    }

    func write(_ file: File, _ text: String) -> ExecutorCall {
        ExecutorCall(
            "write-\(file)",
            "file.write",
            [("Path", .text(path(file))), ("Text", .text(text)), ("New", .flag(false))]
        )
    }

    func read(_ file: File) -> ExecutorCall {
        ExecutorCall("read-\(file)", "file.read", [("Path", .text(path(file)))], tells: ["Text"], isNeeded: false)
    }

    func begin() -> ExecutorCall {
        ExecutorCall(
            "begin",
            "file.write",
            [("Path", .text(path(.preparing))), ("Text", .text("")), ("New", .flag(true))]
        )
    }

    func move(_ from: RunState, _ to: RunState, isNeeded: Bool = true) -> ExecutorCall {
        ExecutorCall(
            "to-\(to.rawValue)",
            "file.move",
            [("From", .text(path(from))), ("To", .text(path(to)))],
            isNeeded: isNeeded
        )
    }

    func takeLock(for person: String) -> ExecutorCall {
        ExecutorCall(
            "lock",
            "file.write",
            [("Path", .text(Self.lock)), ("Text", .text("\(id)\t\(person)")), ("New", .flag(true))],
            isNeeded: false
        )
    }

    static let readLock = ExecutorCall(
        "holder",
        "file.read",
        [("Path", .text(lock))],
        tells: ["Text"],
        isNeeded: false
    )

    static let openLock = ExecutorCall("unlock", "file.remove", [("Path", .text(lock))], isNeeded: false)

    var list: ExecutorCall {
        ExecutorCall("list", "folder.list", [("Path", .text(folder))], tells: ["Path", "Bytes"])
    }

    static let listAll = ExecutorCall("list", "folder.list", [("Path", .text(folder))], tells: ["Path", "Bytes"])

    /// Written without a state first: half a run must not look like a complete one.
    ///
    /// `state`: As it is listed.
    func remove(_ state: RunState, _ id: String = "remove") -> [ExecutorCall] {
        [
            ExecutorCall("\(id)-state", "file.remove", [("Path", .text(path(state)))], isNeeded: false),
            ExecutorCall(id, "folder.remove", [("Path", .text(folder))], isNeeded: false),
        ]
    }

    /// Puts the host back by itself after so many seconds.
    func arm(_ seconds: Int) -> ExecutorCall {
        ExecutorCall(
            "arm",
            "task.arm",
            [("Run", .text(id)), ("Script", .text(path(.restore))), ("Seconds", .number(seconds))],
            isNeeded: false
        )
    }

    var disarm: ExecutorCall { ExecutorCall("disarm", "task.disarm", [("Run", .text(id))], isNeeded: false) }

    var alarm: ExecutorCall {
        ExecutorCall("alarm", "task.read", [("Run", .text(id))], tells: ["SecondsLeft"], isNeeded: false)
    }
}

/// What `folder.list` says of runs.
struct ListedRuns {
    /// Sorted by name, which is by age.
    private(set) var runs: [String: [String: Int]] = [:]

    init(_ objects: [PowerShellObject]) {
        for object in objects {
            let parts = (object.text("Path") ?? "").split(separator: "\\")
            guard parts.count == 3, parts[0] == WindowsRun.folder else { continue }
            runs[String(parts[1]), default: [:]][String(parts[2])] = object.text("Bytes").flatMap { Int($0) } ?? 0
        }
    }

    /// Two files of states are there only when a program was killed while it moved one: the later counts.
    func state(of run: String) -> RunState {
        let names = runs[run]?.keys.map { $0 } ?? []
        let order: [RunState] = [.stranded, .restored, .restoring, .confirmed, .pending, .preparing]
        return order.first { names.contains("state.\($0.rawValue)") } ?? .none
    }
}

extension ListedRuns {
    /// The oldest runs that are over, but for so many of those that can be put back, and as many that were put back.
    ///
    /// The newest that can be put back stays, and one that is unfinished.
    ///
    /// `sparingFirst`: The oldest of all stays too: it has what was there before mtactl.
    func surplus(keeping count: Int, sparingFirst: Bool) -> [(run: WindowsRun, state: RunState)] {
        let named = runs.keys.sorted()
        let (confirmed, restored) = (
            named.filter { state(of: $0) == .confirmed }, named.filter { state(of: $0) == .restored }
        )
        let older = confirmed.dropLast(max(count, 1)).dropFirst(sparingFirst ? 1 : 0)
        return older.map { (WindowsRun(id: $0), .confirmed) }
            + restored.dropLast(count).map { (WindowsRun(id: $0), .restored) }
    }
}

extension ExecutorAnswer {
    /// Who has the lock, in an answer to `WindowsRun.readLock`; `nil` where nobody has.
    var lockHolder: String? {
        objects("holder").first?.text("Text").map { Printable.line($0.replacing("\t", with: ", ")) }
    }
}
