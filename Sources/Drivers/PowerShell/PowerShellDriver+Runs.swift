internal import Foundation
package import MTAPlan

extension PowerShellDriver {
    package func state(of run: String) async throws(Failure) -> RunStatus {
        let run = WindowsRun(id: run)
        let answer = try await executor.run([run.list, run.alarm], shell: .none)
        if let trouble = answer.trouble("list") { throw trouble.failure("reading the backups") }
        let state = ListedRuns(answer.objects("list")).state(of: run.id)
        let left = answer.objects("alarm").first?.text("SecondsLeft").flatMap { Int($0) }
        guard state == .pending || state == .restoring else { return RunStatus(state) }
        return RunStatus(state, secondsLeft: left, isUnwatched: state == .pending && left == nil)
    }

    package func kept() async throws(Failure) -> KeptRuns { try await runs(reading: [.manifest]) }

    package func audited() async throws(Failure) -> KeptRuns {
        try await runs(reading: [.manifest, .edits, .work, .snapshot, .undo, .executor, .restore])
    }

    package func records(of run: String) async throws(Failure) -> [RunText] {
        let run = WindowsRun(id: run)
        let files: [WindowsRun.File] = [.manifest, .snapshot, .after, .undo]
        let answer = try await executor.run(files.map(run.read), shell: .none)
        guard answer.objects("read-manifest").first != nil else {
            throw Failure("no backup of run \(run.id) is kept here", hint: "`mtactl backups list` shows what is kept")
        }
        return files.compactMap { file in
            answer.text(of: file).map { RunText(file.rawValue, Printable.text($0)) }
        }
    }

    package func restore(
        _ run: String,
        _ mode: RestoreMode,
        progress: @Sendable (String) -> Void
    ) async throws(Failure) -> Restored {
        let status = try await state(of: run).state
        switch status {
        case .none, .restored: return .refused(Failure("there is nothing of run \(run) to put back"))
        case .preparing:
            let run = WindowsRun(id: run)
            _ = try await executor.run([run.disarm] + run.remove(status) + [WindowsRun.openLock], shell: .none)
            return .done
        case .pending, .confirmed, .restoring, .stranded: break
        }
        let kept = try await keptWork(of: run)
        if let failure = try await unreachable(kept.work.restarts) { return .refused(failure) }
        if let refusal = try await refusal(of: run, status, mode, kept) { return .refused(refusal) }
        for step in kept.work.steps.reversed() { progress("undoing: \(Printable.line(step.title))") }
        let undo = kept.work.steps.reversed().map(\.undo)
        return switch try await putBack(run, from: status, undo: undo, kept.work, kept.before) {
        case .restored, .nothingWasChanged: .done
        case .stranded(let failure): .stranded(failure)
        }
    }

    package func prune(_ choice: PruneChoice) async throws(Failure) {
        guard case .allBut(let count) = choice else {
            throw Failure(
                "for this kind of site it cannot be determined which backups contain an old password",
                hint: "give --keep"
            )
        }
        let listed = ListedRuns(try await listing().objects("list"))
        try await remove(listed.surplus(keeping: count, sparingFirst: false))
    }

    package func forget(_ runs: [String]) async throws(Failure) {
        let listed = ListedRuns(try await listing().objects("list"))
        var leaving: [(WindowsRun, RunState)] = []
        for run in runs {
            switch listed.state(of: run) {
            case .none: continue
            case .confirmed, .restored: leaving.append((WindowsRun(id: run), listed.state(of: run)))
            case let state: throw .unfinished(run, state)
            }
        }
        try await remove(leaving)
    }

    package func eraseAll() async throws(Failure) {
        let listing = try await listing()
        if let holder = listing.lockHolder { throw .locked(holder) }
        let listed = ListedRuns(listing.objects("list"))
        for run in listed.runs.keys.sorted() where !listed.state(of: run).isFinal {
            throw .unfinished(run, listed.state(of: run))
        }
        let folder = ExecutorCall("erase", "folder.remove", [("Path", .text(WindowsRun.folder))], isNeeded: false)
        let answer = try await executor.run([folder], shell: .none)
        if let trouble = answer.trouble("erase"), !listed.runs.isEmpty {
            throw trouble.failure("removing all backups")
        }
    }

    private func remove(_ leaving: [(run: WindowsRun, state: RunState)]) async throws(Failure) {
        if leaving.isEmpty { return }
        let calls = leaving.enumerated().flatMap { number, one in one.run.remove(one.state, "remove-\(number)") }
        let answer = try await executor.run(calls, shell: .none)
        for call in calls {
            if let trouble = answer.trouble(call.id) { throw trouble.failure("removing a backup") }
        }
    }

    private func listing() async throws(Failure) -> ExecutorAnswer {
        let listing = try await executor.run([WindowsRun.listAll, WindowsRun.readLock], shell: .none)
        if let trouble = listing.trouble("list") { throw trouble.failure("reading the backups") }
        return listing
    }

    package func edits(of run: String) async throws(Failure) -> [Edit] {
        let run = WindowsRun(id: run)
        let text = try await executor.run([run.read(.edits)], shell: .none).text(of: .edits)
        return text.map { [Edit](kept: Array($0.utf8)) } ?? []
    }

    package func breakLock() async throws(Failure) {
        let kept = try await kept()
        guard let lock = kept.lock else { return }
        let holder = lock.split(separator: ",").first.map(String.init) ?? ""
        let state = kept.runs.first { $0.run == holder }?.state ?? .none
        guard state == .none || state == .confirmed || state == .restored else {
            throw Failure(
                "the lock belongs to an unfinished run: \(lock)",
                hint: "`mtactl rollback` puts the site back as it was before that run, and removes the lock"
            )
        }
        _ = try await executor.run([WindowsRun.openLock], shell: .none)
    }

    /// All runs, with damage where a file that is read is not the one that was kept.
    private func runs(reading files: [WindowsRun.File]) async throws(Failure) -> KeptRuns {
        let listing = try await listing()
        let listed = ListedRuns(listing.objects("list"))
        let names = listed.runs.keys.sorted()
        let calls = names.enumerated().flatMap { number, name in
            files.map { file in
                var call = WindowsRun(id: name).read(file)
                call.id += "-\(number)"
                return call
            }
        }
        let answer = calls.isEmpty ? ExecutorAnswer() : try await executor.run(calls, shell: .none)
        let runs = names.enumerated().map { number, name in
            let texts = { (file: WindowsRun.File) -> String in
                answer.objects("read-\(file)-\(number)").first?.text("Text") ?? ""
            }
            let manifest = RunManifest(text: texts(.manifest))
            var kept = KeptRun(
                run: Printable.line(name),
                state: listed.state(of: name),
                server: manifest.server,
                files: manifest.changes,
                bytes: listed.runs[name]?[WindowsRun.File.snapshot.rawValue] ?? 0,
                damage: files.filter { $0 != .manifest }.compactMap { manifest.damage(of: $0, texts($0)) }
            )
            kept.unit = .change
            kept.startedBy = manifest.by.isEmpty ? nil : manifest.by
            kept.since = RunID.start(of: name)
            return kept
        }
        return KeptRuns(runs: runs, lock: listing.lockHolder)
    }

    private struct KeptWork {
        var work: PowerShellWork
        var before: ObjectSnapshot
        /// `nil` of a run that was not confirmed.
        var after: ObjectSnapshot?
    }

    /// - Throws: When it cannot be read, or asks for more than a run of ours leaves behind.
    private func keptWork(of run: String) async throws(Failure) -> KeptWork {
        let run = WindowsRun(id: run)
        let answer = try await executor.run([.work, .snapshot, .after].map(run.read), shell: .none)
        guard let text = answer.text(of: .work), let before = answer.text(of: .snapshot) else {
            throw Failure("the backup of run \(run.id) cannot be read")
        }
        let work: PowerShellWork
        do { work = try JSONDecoder().decode(PowerShellWork.self, from: Data(text.utf8)) } catch {
            throw Failure("the backup of run \(run.id) cannot be read: it was changed, or is from another version")
        }
        guard work.steps.allSatisfy({ $0.undo.secrets.isEmpty }) else {
            throw Failure("the backup of run \(run.id) asks for a password, which no backup of mtactl's does")
        }
        return KeptWork(
            work: work,
            before: ObjectSnapshot(text: before),
            after: answer.text(of: .after).map { ObjectSnapshot(text: $0) }
        )
    }

    /// Takes the lock of a run that is over; says what others have changed since.
    private func refusal(
        of id: String,
        _ state: RunState,
        _ mode: RestoreMode,
        _ kept: KeptWork
    ) async throws(Failure) -> Failure? {
        guard state == .confirmed else { return nil }
        let run = WindowsRun(id: id)
        let answer = try await executor.run([run.takeLock(for: "rollback"), WindowsRun.readLock] + kept.work.reading)
        if let trouble = answer.trouble("lock") {
            return answer.lockHolder.map(Failure.locked) ?? trouble.failure("taking the lock")
        }
        guard mode == .unlessChanged, let after = kept.after else { return nil }
        let ours = after.differentKeys(from: kept.before)
        let changed = kept.work.snapshot(in: answer).differences(from: after, among: ours)
        guard !changed.isEmpty else { return nil }
        _ = try await executor.run([WindowsRun.openLock], shell: .none)
        return Failure(
            "changed since run \(id): \(changed.joined(separator: ", "))",
            hint: "`--force` puts it back anyway"
        )
    }
}

extension ExecutorAnswer {
    /// `nil` where there is no such file; of one that is empty, nothing.
    fileprivate func text(of file: WindowsRun.File) -> String? {
        objects("read-\(file)").first.map { $0.text("Text") ?? "" }
    }
}

extension Failure {
    fileprivate static func unfinished(_ run: String, _ state: RunState) -> Failure {
        Failure(
            "run \(Printable.line(run)) is \(state.rawValue)",
            hint: "`mtactl rollback` puts the site back as it was before that run"
        )
    }
}

extension RunManifest {
    /// What is wrong with a file; `nil` where it is the one that was kept.
    fileprivate func damage(of file: WindowsRun.File, _ text: String) -> String? {
        guard let digest = digests[file.rawValue] else {
            // A plan that shows nothing has none.
            return file == .edits && text.isEmpty ? nil : "\(file.rawValue): not in the manifest"
        }
        return digest == Digest.sha256(Array(text.utf8)) ? nil : "\(file.rawValue): not as it was backed up"
    }
}
