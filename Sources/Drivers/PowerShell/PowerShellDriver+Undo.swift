internal import Foundation
package import MTAPlan
internal import Synchronization

extension PowerShellDriver {
    package func undo() async throws(Failure) -> Undone {
        let (opening, found, before, undo) = state.withLock { ($0.opening, $0.work, $0.before, $0.undo) }
        guard let opening, var work = found, let before else { return .nothingWasChanged }
        work.restarts = state.withLock { $0.restarted }
        let undone = try await putBack(opening.run.text, from: .pending, undo: undo, work, before)
        state.withLock { $0.isUnfinished = false }
        return undone
    }

    /// Does what a conversation that ends owes a site: what was started and not confirmed is put back.
    ///
    /// Where that cannot be done any more, the scheduled task does it.
    package func end() async {
        guard state.withLock({ $0.isUnfinished }) else { return }
        do throws(Failure) { _ = try await undo() } catch {
            progress("the site could not be put back: \(error.problem)")
        }
    }

    /// Takes the run, undoes its steps, and looks whether all is as it was.
    func putBack(
        _ id: String,
        from state: RunState,
        undo: [PowerShellCall],
        _ work: PowerShellWork,
        _ before: ObjectSnapshot
    ) async throws(Failure) -> Undone {
        let run = WindowsRun(id: id)
        let undoing = undo.enumerated().map { number, call in ExecutorCall("undo-\(number)", call, isNeeded: false) }
        let taking = state == .restoring ? [] : [run.move(state, .restoring)]
        let answer = try await executor.run(taking + undoing + work.reading)
        if let trouble = answer.trouble("to-restoring") {
            return try await takenBy(run, trouble)
        }
        let failure = objection(to: answer, undoing, work, before)
        if let failure { return try await strand(run, failure) }
        if let failure = try await restart(work.restarts) { return try await strand(run, failure) }
        _ = try await executor.run([run.move(.restoring, .restored), run.disarm, WindowsRun.openLock], shell: .none)
        return .restored
    }

    private func objection(
        to answer: ExecutorAnswer,
        _ undoing: [ExecutorCall],
        _ work: PowerShellWork,
        _ before: ObjectSnapshot
    ) -> Failure? {
        for call in undoing {
            if let trouble = answer.trouble(call.id), !trouble.saysThereIsNone { return trouble.failure("undoing") }
        }
        for call in work.reading {
            if let trouble = answer.trouble(call.id) { return trouble.failure("checking again") }
        }
        let differing = work.snapshot(in: answer).differences(from: before)
        guard !differing.isEmpty else { return nil }
        return Failure("not as before: \(differing.joined(separator: ", "))")
    }

    private func strand(_ run: WindowsRun, _ failure: Failure) async throws(Failure) -> Undone {
        _ = try await executor.run([run.move(.restoring, .stranded), run.disarm], shell: .none)
        return .stranded(failure)
    }

    /// The scheduled task, or a person, was quicker.
    private func takenBy(_ run: WindowsRun, _ trouble: ExecutorAnswer.Trouble) async throws(Failure) -> Undone {
        switch try await state(of: run.id).state {
        case .restored: .restored
        case .none: .nothingWasChanged
        default: .stranded(trouble.failure("putting the run back"))
        }
    }
}

extension ExecutorAnswer.Trouble {
    /// Exchange's `ManagementObjectNotFoundException`.
    fileprivate var saysThereIsNone: Bool { id.contains("ObjectNotFound") || category == "ObjectNotFound" }
}

extension WindowsRun {
    /// The calls that keep what leads back; the run's state is `preparing` after them.
    func keeping(
        _ work: PowerShellWork,
        _ opening: RunOpening,
        _ before: ObjectSnapshot
    ) throws(Failure) -> [ExecutorCall] {
        var calls = work.steps.reversed().enumerated().map { number, step in
            ExecutorCall("undo-\(number)", step.undo, isNeeded: false)
        }
        if !work.restarts.isEmpty { calls.append(PowerShellDriver.restart(isNeeded: false)) }
        let undo = try ExecutorDocument(nonce: String(repeating: "0", count: 32), calls: calls).text(secrets: Secrets())
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data: Data
        do { data = try encoder.encode(work) } catch { throw Failure("the work cannot be saved: \(error)") }
        let edits = opening.shownEdits.map { [(File.edits, String(decoding: $0, as: UTF8.self))] } ?? []
        let texts: [(File, String)] =
            edits + [
                (.work, String(decoding: data, as: UTF8.self)), (.snapshot, before.text), (.undo, undo),
                (.executor, String(decoding: PowerShellProgram.executor, as: UTF8.self)),
                (.restore, String(decoding: PowerShellProgram.restore, as: UTF8.self)),
            ]
        let manifest = RunManifest(
            run: id,
            by: opening.run.startedBy,
            server: opening.server,
            changes: work.steps.count,
            digests: Dictionary(uniqueKeysWithValues: texts.map { ($0.0.rawValue, Digest.sha256(Array($0.1.utf8))) })
        )
        return [begin()] + (texts + [(.manifest, manifest.text)]).map { write($0.0, $0.1) }
    }
}

/// What is in a run's `manifest`.
struct RunManifest: Equatable {
    var run: String
    var by: String
    var server: String
    /// How many calls change something.
    var changes: Int
    /// SHA-256, in hexadecimal, by the name of the file.
    var digests: [String: String]

    init(run: String, by: String, server: String, changes: Int, digests: [String: String]) {
        self.run = run
        self.by = by
        self.server = server
        self.changes = changes
        self.digests = digests
    }

    var text: String {
        let head = ["run\t\(run)", "by\t\(Printable.line(by))", "server\t\(server)", "changes\t\(changes)"]
        return (head + digests.sorted { $0.key < $1.key }.map { "sha256\t\($0.key)\t\($0.value)" }).map { $0 + "\n" }
            .joined()
    }

    /// What cannot be read in it is left empty: it is a host's answer.
    init(text: String) {
        self.init(run: "", by: "", server: "", changes: 0, digests: [:])
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map {
                Printable.line(String($0))
            }
            switch (fields[0], fields.count) {
            case ("run", 2): run = fields[1]
            case ("by", 2): by = fields[1]
            case ("server", 2): server = fields[1]
            case ("changes", 2): changes = Int(fields[1]) ?? 0
            case ("sha256", 3): digests[fields[1]] = fields[2]
            default: continue
            }
        }
    }
}
