internal import MTAPlan

/// What a run's restore program said, as `report` in `restore.sh` writes it down.
package struct RestoreReport: Sendable, Equatable {
    package let records: [Record]

    package enum Record: Sendable, Equatable {
        case asFound(String)
        case putBack(String)
        case putBackInPlace(String)
        case removed(String)
        /// Made of others that were put back, as its own backup is damaged.
        case rebuilt(String)
        case displaced(String, to: String)
        /// Neither as it was before the run nor as the run made it.
        case changed(String, before: String, made: String, now: String, kept: String)
        /// A setting that is neither as it was before the run nor as the run made it.
        case changedSetting(String, kept: String)
        /// Which later run changed the file of the record before.
        case later(run: String)
        case notPutBack(String, kept: String)
        case failed(command: String, said: String)
        case locked(by: String)
        case damaged(String, kept: String)
        case cutOff(String)
        case conflict
        case incomplete
        case stuck(String)
        /// Others than root may write to a folder.
        case exposed(String)
        case undone
        case unchanged
        case over(state: String)
        /// What no restore program of this version says: of the shell, or of an older one.
        case other(String)
    }

    package init(_ bytes: [UInt8]) {
        records = Printable.text(bytes).split(separator: "\n").map { Record(String($0)) }
    }

    /// The files and settings that were changed since.
    package var changed: [String] {
        records.compactMap {
            switch $0 {
            case .changed(let name, _, _, _, _), .changedSetting(let name, _): name
            default: nil
            }
        }
    }

    /// What shows on the host how the first file that was changed since differs from what would be put back; `nil` where
    /// there is nothing to compare.
    package var comparison: String? {
        records.compactMap { record -> String? in
            guard case .changed(let path, let before, _, let now, let kept) = record, before != Self.absent,
                now != Self.absent
            else { return nil }
            return "diff \(kept.shellQuoted) \(path.shellQuoted)"
        }.first
    }

    /// How restore.sh calls a file that is not there.
    private static let absent = "not there"

    /// The newest run that changed one of the same files later.
    package var laterRun: String? {
        records.compactMap { if case .later(let run) = $0 { run } else { nil } }.max()
    }

    /// What could not, or would not, be put back, and why; `nil` where nothing is said of that.
    package var trouble: String? {
        if !changed.isEmpty { return changed.joined(separator: ", ") }
        let troubles = records.filter(\.isTrouble).map(\.description)
        return troubles.isEmpty ? nil : troubles.joined(separator: "; ")
    }
}

extension RestoreReport.Record {
    fileprivate init(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let fields =
            words.count < 2 ? [] : words[1].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        self = Self(code: words[0], fields) ?? .other(line)
    }

    /// `nil` where there is no such record with so many fields.
    private init?(code: Substring, _ fields: [String]) {
        switch (code, fields.count) {
        case ("as-found", 1): self = .asFound(fields[0])
        case ("put-back", 1): self = .putBack(fields[0])
        case ("put-back-in-place", 1): self = .putBackInPlace(fields[0])
        case ("removed", 1): self = .removed(fields[0])
        case ("rebuilt", 1): self = .rebuilt(fields[0])
        case ("displaced", 2): self = .displaced(fields[0], to: fields[1])
        case ("changed", 5):
            self = .changed(fields[0], before: fields[1], made: fields[2], now: fields[3], kept: fields[4])
        case ("changed-setting", 2): self = .changedSetting(fields[0], kept: fields[1])
        case ("later", 1): self = .later(run: fields[0])
        case ("not-put-back", 2): self = .notPutBack(fields[0], kept: fields[1])
        case ("failed", 2): self = .failed(command: fields[0], said: fields[1])
        case ("locked", 1): self = .locked(by: fields[0])
        case ("damaged", 2): self = .damaged(fields[0], kept: fields[1])
        case ("cut-off", 1): self = .cutOff(fields[0])
        case ("conflict", 0): self = .conflict
        case ("incomplete", 0): self = .incomplete
        case ("stuck", 1): self = .stuck(fields[0])
        case ("exposed", 1): self = .exposed(fields[0])
        case ("undone", 0): self = .undone
        case ("unchanged", 0): self = .unchanged
        case ("over", 1): self = .over(state: fields[0])
        default: return nil
        }
    }

    /// Of a program in the shell, as `Command` makes it, only the arguments: the program is a page, and says nothing to a
    /// person.
    fileprivate static func brief(_ command: String) -> String {
        let command = command.drop { $0 == " " }
        guard command.hasPrefix("'sh' '-c' '") else { return String(command) }
        guard let arguments = command.firstRange(of: "' 'sh' ") else { return "a program of mtactl's" }
        return String(command[arguments.upperBound...])
    }

    fileprivate var isTrouble: Bool {
        switch self {
        case .notPutBack, .failed, .locked, .damaged, .cutOff, .stuck, .exposed, .other: true
        case .asFound, .putBack, .putBackInPlace, .removed, .rebuilt, .displaced, .changed, .changedSetting, .later,
            .conflict,
            .incomplete,
            .undone, .unchanged, .over:
            false
        }
    }
}

extension RestoreReport.Record: CustomStringConvertible {
    package var description: String {
        switch self {
        case .asFound(let path): "\(path): as it was"
        case .putBack(let path): "\(path): put back"
        case .putBackInPlace(let path): "\(path): put back, in place"
        case .removed(let path): "\(path): removed again"
        case .rebuilt(let path): "\(path): regenerated, as its backup is damaged"
        case .displaced(let path, let place): "\(path): the current one is kept as \(place)"
        case .changed(let path, let before, let made, let now, let kept):
            "\(path): changed since; before the run \(before), \(made) by the run, now \(now);"
                + " to compare: diff \(kept) \(path)"
        case .changedSetting(let name, let kept): "\(name): changed since; its old value is in \(kept)"
        case .later(let run): "later changed by run \(run)"
        case .notPutBack(let path, let kept): "\(path) could not be put back; its backup is \(kept)"
        case .failed(let command, let said): "failed: \(Self.brief(command)): \(said)"
        case .locked(let holder): holder
        case .damaged(let path, let kept): "\(kept) is not \(path) as found"
        case .cutOff(let file): "\(file) is cut off"
        case .conflict: "nothing was put back"
        case .incomplete: "not everything could be put back"
        case .stuck(let why), .exposed(let why): why
        case .undone: "undone"
        case .unchanged: "nothing was changed"
        case .over(let state): "the run is \(state)"
        case .other(let words): words
        }
    }
}

extension AgentReply {
    /// What the restore program said, where it ran.
    package var restoreReport: RestoreReport? { bodies["restore"].map(RestoreReport.init) }
}
