extension PowerShellWork {
    /// The calls as they are shown.
    var commands: [Command] {
        steps.map { Command([$0.change.description]) }
            + restarts.map { Command(["restart the transport service of \(Printable.line($0))"]) }
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
    func isDone(in facts: Facts) throws(Failure) -> Bool {
        let answered = { (expectation: Expectation) in facts.objects[expectation.key]?.objects ?? [] }
        if !checks.isEmpty, checks.allSatisfy({ $0.objection(to: answered($0)) == nil }) { return true }
        for expectation in expectations {
            guard let objection = expectation.objection(to: answered(expectation)) else { continue }
            throw Failure("\(objection)", hint: "plan again")
        }
        return false
    }
}

extension PowerShellCall.Value {
    fileprivate var words: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let texts): texts
        case .credential(let username, _): [username]
        case .answered(let property, let otherwise): [property, otherwise]
        case .flag, .number, .nothing: []
        }
    }
}
