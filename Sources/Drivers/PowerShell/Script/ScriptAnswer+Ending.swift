package import MTAPlan

/// How a script has ended.
package enum ScriptEnding: Sendable, Equatable {
    /// All is as it was when the script was made.
    case asFound
    /// Nothing was changed, because of this.
    case refused(Failure)
    case changed
    /// The change was taken back; after `-Apply`, because of this.
    case putBack(Failure?)
    case stranded(Failure)
}

extension ScriptAnswer {
    /// Judges what the host has answered as the transaction over SSH judges it.
    ///
    /// - Throws: When the answer is not one to these calls.
    package func ending(of work: PowerShellWork) throws(Failure) -> ScriptEnding {
        let answer = try answer(of: work.scripted)
        let hasChanged = answer.results.keys.contains { $0.hasPrefix("step-") }
        let hasUndone = answer.results.keys.contains { $0.hasPrefix("undo-") }
        if action == .facts || action == .verify { return .asFound }
        if action == .check || action == .apply && !hasChanged {
            if let objection = work.objection(to: answer) { return .refused(objection) }
            return result == "looked" && reason.isEmpty ? .asFound : .refused(own)
        }
        let objection = hasChanged ? work.stepObjection(to: answer) ?? work.restartObjection(to: answer) : nil
        guard hasUndone else { return ending(without: objection) }
        if let left = work.undoObjection(to: answer) { return .stranded(left) }
        if result != "put-back" { return .stranded(own) }
        return .putBack(action == .undo ? nil : objection ?? own)
    }

    private func ending(without objection: Failure?) -> ScriptEnding {
        if action == .apply, let objection { return .stranded(objection) }
        return action == .apply && result == "changed" ? .changed : .stranded(own)
    }

    /// In the script's own words.
    private var own: Failure {
        Failure(reason.isEmpty ? "the script ended with `\(result)`" : reason)
    }
}

extension PowerShellWork {
    /// All calls that a script may make, but for those of the message.
    fileprivate var scripted: [ExecutorCall] {
        let undoing = steps.indices.map { ExecutorCall("undo-\($0)", steps[$0].undo, isNeeded: false) }
        let again = snapshot.enumerated().map { ExecutorCall("again-\($0.offset)", $0.element, isNeeded: false) }
        let restarting = restarts.indices.flatMap { number in
            ["restart", "again-restart"].map { ExecutorCall("\($0)-\(number)", PowerShellScript.restart) }
        }
        return looking + changing + undoing + again + restarting
    }

    fileprivate func restartObjection(to answer: ExecutorAnswer) -> Failure? {
        restarts.indices.lazy.compactMap { number in
            answer.trouble("restart-\(number)")?
                .failure("restarting the transport service on \(Printable.line(self.restarts[number]))")
        }.first
    }

    /// What keeps the site from being as it was.
    fileprivate func undoObjection(to answer: ExecutorAnswer) -> Failure? {
        for number in steps.indices {
            if let trouble = answer.trouble("undo-\(number)"), !trouble.saysThereIsNone {
                return trouble.failure("undoing")
            }
        }
        for number in snapshot.indices {
            if let trouble = answer.trouble("again-\(number)") { return trouble.failure("checking again") }
        }
        for number in restarts.indices {
            if let trouble = answer.trouble("again-restart-\(number)") {
                return trouble.failure("restarting the transport service on \(Printable.line(restarts[number]))")
            }
        }
        return nil
    }
}
