internal import MTAPlan

extension PowerShellWork {
    /// What restarts, in the words of a plan.
    var serviceWords: String { service ?? "the transport service" }

    /// The calls whose answers are kept before the change, and compared after it was undone.
    var reading: [ExecutorCall] {
        snapshot.enumerated().map { number, call in ExecutorCall("snapshot-\(number)", call, isNeeded: false) }
    }

    /// Of a key of the registry only the values that the work writes: others may change by themselves.
    func snapshot(in answer: ExecutorAnswer) -> ObjectSnapshot {
        let written = Set(steps.compactMap { if case .text(let name)? = $0.change["Name"] { name } else { nil } })
        return ObjectSnapshot(
            snapshot.enumerated().map { number, call in
                let found = answer.objects("snapshot-\(number)")
                guard call.cmdlet == "registry.read" else { return (call, found) }
                return (call, found.filter { $0.text("Name").map(written.contains) ?? false })
            }
        )
    }

    /// What is looked at before anything is changed.
    var looking: [ExecutorCall] {
        let host = ExecutorCall("host", "host.facts", tells: ["ExchangeSetupRuns"], isNeeded: false)
        let expectations = expectations.enumerated().map { number, expectation in
            ExecutorCall("expect-\(number)", expectation.call, isNeeded: false)
        }
        return [host] + asking + expectations + reading
    }

    /// The steps, and what is read again after them.
    var changing: [ExecutorCall] {
        steps.enumerated().map { number, step in ExecutorCall("step-\(number)", step.change) }
            + checks.enumerated().map { number, check in
                ExecutorCall("check-\(number)", check.call, isNeeded: false)
            }
    }

    /// Why nothing may be changed.
    func objection(to answer: ExecutorAnswer) -> Failure? {
        if answer.objects("host").first?.text("ExchangeSetupRuns") == "True" { return .setupRuns }
        for (number, inquiry) in inquiries.enumerated() {
            if let objection = inquiry.objection(to: said(to: inquiry, number, in: answer)) { return objection }
        }
        for (number, expectation) in expectations.enumerated() {
            if let trouble = answer.trouble("expect-\(number)") { return trouble.failure("reading the current state") }
            guard let objection = expectation.objection(to: answer.objects("expect-\(number)")) else { continue }
            return Failure(objection, hint: "plan again")
        }
        for call in reading { if let trouble = answer.trouble(call.id) { return trouble.failure("writing a backup") } }
        return nil
    }

    /// What went wrong with the change, or is not as asked after it, as far as that can be determined without the
    /// passwords.
    func stepObjection(to answer: ExecutorAnswer) -> Failure? {
        for (number, step) in steps.enumerated() {
            if let trouble = answer.trouble("step-\(number)") { return trouble.failure(Printable.line(step.title)) }
        }
        for (number, check) in checks.enumerated() {
            if let trouble = answer.trouble("check-\(number)") { return trouble.failure("reading the change back") }
            if let objection = check.objection(to: answer.objects("check-\(number)")) {
                return Failure("after the change: \(objection)")
            }
        }
        return nil
    }

    /// Whether a value that has a password in it is not what was written.
    func secretObjection(to answer: ExecutorAnswer, _ secrets: Secrets) throws(Failure) -> Failure? {
        let found = checks.indices.flatMap { answer.objects("check-\($0)") }
        let isWritten = checks.isEmpty ? true : try holdsSecrets(found, secrets)
        if isWritten { return nil }
        return Failure("after the change: a value with a password in it is not what was written")
    }

    /// The calls that undo the steps, with what the steps answered in its places.
    func undoing(after answer: ExecutorAnswer) -> [PowerShellCall] {
        steps.enumerated().reversed().map { number, step in
            var undo = step.undo
            for index in undo.parameters.indices {
                guard case .answered(let property, _) = undo.parameters[index].value,
                    let text = answer.objects("step-\(number)").first?.text(property)
                else { continue }
                undo.parameters[index].value = .text(text)
            }
            return undo
        }
    }
}
