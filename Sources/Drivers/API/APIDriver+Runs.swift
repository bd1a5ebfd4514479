package import MTAPlan

extension APIDriver {
    package func state(of run: String) async throws(Failure) -> RunStatus {
        let found = try await read().get()
        guard let marked = found.runs.first(where: { $0.run == run }) else {
            return RunStatus(surroundings.memory.contains(run) ? .restored : .none)
        }
        return marked.isConfirmed ? RunStatus(.confirmed) : RunStatus(.pending, isUnwatched: true)
    }

    package func kept() async throws(Failure) -> KeptRuns { try await runs { _, _ in [] } }

    package func audited() async throws(Failure) -> KeptRuns {
        try await runs { rules, run in rules.changed(since: run).map { "\(Printable.line($0)): not as the run left it" }
        }
    }

    private func runs(_ damage: (RelayRules, String) -> [String]) async throws(Failure) -> KeptRuns {
        let rules = try await read().get()
        let runs = rules.runs.map { marked in
            var kept = KeptRun(
                run: marked.run,
                state: marked.isConfirmed ? .confirmed : .pending,
                server: "kerio",
                files: marked.rules,
                bytes: 0,
                damage: damage(rules, marked.run)
            )
            kept.startedBy = marked.startedBy
            return kept
        }
        return KeptRuns(runs: runs, lock: rules.runs.first { !$0.isConfirmed }?.words)
    }

    package func records(of run: String) async throws(Failure) -> [RunText] {
        let rules = try await read().get()
        guard rules.runs.contains(where: { $0.run == run }) else {
            throw Failure("no backup of run \(run) is kept here", hint: "`mtactl backups list` shows what is kept")
        }
        let lines = rules.rules.compactMap { rule -> String? in
            guard let mark = rule.description.marks.last(where: { $0.run == run }) else { return nil }
            let did = mark.part == .new ? "made" : "switched \(mark.part.rawValue)"
            let now = mark.digest == rule.mark ? "" : "; changed since"
            return "\(did) \"\(Printable.line(rule.name))\"\(now)\n" + rule.shown.map { "    \($0)\n" }.joined()
        }
        return [RunText("relay rules", lines.joined())]
    }

    package func edits(of run: String) async throws(Failure) -> [Edit] {
        try await read().get().rules.compactMap { rule in
            guard let mark = rule.description.marks.last(where: { $0.run == run }) else { return nil }
            if mark.part == .new { return rule.edit(from: nil) }
            var before = rule
            before.isEnabled = mark.part == .off
            return rule.edit(from: before)
        }
    }

    package func restore(
        _ run: String,
        _ mode: RestoreMode,
        progress: @Sendable (String) -> Void
    ) async throws(Failure) -> Restored {
        let rules = try await read().get()
        guard let marked = rules.runs.first(where: { $0.run == run }) else {
            return .refused(Failure("there is nothing of run \(run) to put back"))
        }
        let newer = rules.runs.map(\.run).filter { $0 > run }
        if mode == .unlessChanged, let last = newer.last {
            return .refused(
                Failure("run \(last) has changed it since", hint: "put that run back first, or use `--force` for both")
            )
        }
        let changed = rules.changed(since: run)
        if mode == .unlessChanged, marked.isConfirmed, !changed.isEmpty {
            let names = changed.map(Printable.line).joined(separator: ", ")
            return .refused(
                Failure("changed since run \(run): \(names)", hint: "`--force` puts it back anyway")
            )
        }
        let back = Array(newer.reversed()) + [run]
        // Where a password is missing, that is known before anything is touched.
        do throws(Failure) {
            _ = try await written(back.reduce(rules) { $0.undoing($1) })
        } catch {
            return .refused(error)
        }
        for run in back {
            for edit in try await edits(of: run) { progress("undoing: \(edit.name)") }
            surroundings.memory.add(run)
        }
        return switch try await putBack(back, before: nil) {
        case .restored, .nothingWasChanged: .done
        case .stranded(let failure): .stranded(failure)
        }
    }

    package func prune(_ choice: PruneChoice) async throws(Failure) {
        guard case .allBut(let count) = choice else {
            throw Failure("no old password is kept here, as the old rules stay where they are", hint: "give --keep")
        }
        let confirmed = try await read().get().runs.filter(\.isConfirmed)
        // The newest is always kept.
        try await forget(confirmed.dropLast(max(1, count)).map(\.run))
    }

    package func forget(_ runs: [String]) async throws(Failure) {
        if runs.isEmpty { return }
        let found = try await read().get()
        if let open = found.runs.first(where: { !$0.isConfirmed && runs.contains($0.run) }) { throw .unfinished(open) }
        let wanted = found.forgetting(Set(runs))
        if wanted.isSame(as: found) { return }
        if let failure = try await write(try await written(wanted), wanted) { throw failure }
    }

    package func eraseAll() async throws(Failure) {
        let runs = try await read().get().runs
        if let open = runs.first(where: { !$0.isConfirmed }) { throw .unfinished(open) }
        try await forget(runs.map(\.run))
    }

    /// There is no lock but the marks of an unfinished run.
    package func breakLock() async throws(Failure) {
        if let open = try await read().get().runs.first(where: { !$0.isConfirmed }) { throw .unfinished(open) }
    }
}

extension Failure {
    fileprivate static func unfinished(_ run: MarkedRun) -> Failure {
        Failure(
            "a run is unfinished: \(run.words)",
            hint: "`mtactl rollback` puts the site back as it was before that run"
        )
    }
}
