extension PowerShellWork {
    /// The calls as they are shown.
    var commands: [Command] {
        steps.map(\.command)
            + restarts.map { Command(to: "restart \(service ?? "the transport service") on \(Printable.word($0))") }
    }

    /// What cannot be passed to a host: a name or value with a control character in it.
    var unsafeArgument: String? {
        let words = calls.flatMap { call in
            [call.cmdlet] + call.parameters.flatMap { [$0.name] + $0.value.words } + call.properties.map(\.name)
        }
        return (words + restarts).first { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
    }

    /// Whether the site is as the work would leave it already.
    ///
    /// - Throws: When it is neither that nor as it was when the plan was made.
    func isDone(in facts: Facts, secrets: Secrets) throws(Failure) -> Bool {
        let answered = { (expectation: Expectation) in facts.objects[expectation.key]?.objects ?? [] }
        if !checks.isEmpty, checks.allSatisfy({ $0.objection(to: answered($0)) == nil }),
            try holdsSecrets(checks.flatMap(answered), secrets)
        {
            return true
        }
        for expectation in expectations {
            guard let objection = expectation.objection(to: answered(expectation)) else { continue }
            throw Failure("\(objection)", hint: "plan again")
        }
        return false
    }

    /// Whether each text with a secret in it is what `found` has under the name that it is written to.
    package func holdsSecrets(_ found: [PowerShellObject], _ secrets: Secrets) throws(Failure) -> Bool {
        for step in steps {
            guard case .content(let content)? = step.change["Value"], case .text(let name)? = step.change["Name"]
            else { continue }
            let value = found.first { $0.text("Name") == name }?.text("Value") ?? ""
            if Array(value.utf8) != (try content.rendered(with: secrets)) { return false }
        }
        return true
    }

    /// The work with what the snapshot found in the places that stand for it.
    ///
    /// `found`: What the calls of `snapshot` answered.
    ///
    /// - Throws: Where something is not there.
    package func resolved(with found: [PowerShellObject]) throws(Failure) -> PowerShellWork {
        var work = self
        for step in work.steps.indices {
            for index in work.steps[step].undo.parameters.indices {
                guard case .found(let name) = work.steps[step].undo.parameters[index].value else { continue }
                guard let value = found.first(where: { $0.text("Name") == name })?.properties["Value"] else {
                    throw Failure("`\(Printable.word(name))` no longer exists", hint: "plan again")
                }
                work.steps[step].undo.parameters[index].value =
                    switch value {
                    case .nothing: .text("")
                    case .text(let text): .text(text)
                    case .list(let texts): .list(texts)
                    }
            }
        }
        return work
    }
}

extension PowerShellWork.Step {
    /// A cmdlet can be typed; what only the executor knows is told in words.
    fileprivate var command: Command {
        change.cmdlet.contains(".") ? Command(to: title) : Command([change.description])
    }
}

extension PowerShellCall.Value {
    fileprivate var words: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let texts): texts
        case .credential(let username, _): [username]
        case .answered(let property, let otherwise): [property, otherwise]
        case .found(let name): [name]
        case .flag, .number, .nothing, .content: []
        }
    }
}
