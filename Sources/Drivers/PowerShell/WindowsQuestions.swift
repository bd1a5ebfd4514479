package import MTAPlan

/// What a host is asked when it turns out to be a Windows host.
package struct WindowsQuestions: Sendable {
    package var questions: [PowerShellQuestion]
    /// For Exchange's shell, where the login of the host cannot be passed on.
    package var login: Login?

    /// What each of these products wants to know.
    package init(asking products: [any Product] = [], login: Login? = nil) {
        var seen: Set<String> = []
        questions = products.flatMap(\.questions).filter { seen.insert($0.key).inserted }
        self.login = login
    }

    /// In one document: what the host is, what runs of ours are there, and what products want to know.
    func calls(for purpose: FactsPurpose) -> [ExecutorCall] {
        let fixed = [
            ExecutorCall("host", "host.facts", tells: Self.hostFields, isNeeded: false), WindowsRun.readLock,
            ExecutorCall(WindowsRun.listAll.id, WindowsRun.listAll.call, isNeeded: false),
        ]
        return fixed
            + asked(for: purpose).enumerated().map { ExecutorCall("q-\($0.offset)", $0.element.call, isNeeded: false) }
    }

    private func asked(for purpose: FactsPurpose) -> [PowerShellQuestion] {
        questions.filter { purpose == .survey || !$0.isForSurvey }
    }

    private static let hostFields = [
        "Computer", "Domain", "User", "Administrator", "Bits", "Windows", "PowerShell", "Time", "Folder",
        "ExchangeSetupRuns", "ExchangeKey", "ExchangePath", "ExchangeVersion", "ExchangeRoles",
    ]

    /// The facts in an answer to `calls`.
    ///
    /// - Throws: When Exchange is there and its shell cannot be opened.
    func facts(in answer: ExecutorAnswer, for purpose: FactsPurpose) throws(Failure) -> Facts {
        var facts = Facts()
        guard let host = answer.objects("host").first else {
            throw answer.trouble("host")?.failure("looking at the host") ?? .noFrame
        }
        facts.objects[Self.hostKey] = .objects([host])
        for (number, question) in asked(for: purpose).enumerated() {
            switch answer["q-\(number)"] {
            case .objects(let objects): facts.objects[question.key] = .objects(objects)
            case .skipped: facts.objects[question.key] = .failed("not asked")
            case .failed(let trouble):
                if let failure = trouble.isOfShell(on: host) { throw failure }
                let isUnknown = trouble.isUnknownCmdlet
                facts.objects[question.key] = isUnknown ? .unknownCmdlet : .failed(Printable.line(trouble.message))
            }
        }
        let name = [host.text("Computer"), host.text("Domain")].compactMap(\.self).joined(separator: ".").lowercased()
        facts.answers["host.name"] = Facts.Answer(output: Array(name.utf8))
        facts.answers["mtactl.runs"] = Facts.Answer(output: Array(Self.runs(in: answer).utf8))
        return facts
    }

    /// Under which key the facts have what `host.facts` says.
    package static let hostKey = "windows.host"

    /// As `OpenRuns` reads them.
    private static func runs(in answer: ExecutorAnswer) -> String {
        let listed = ListedRuns(answer.objects("list"))
        let lock = answer.objects("holder").first?.text("Text").map { "lock \($0.replacing("\t", with: " "))\n" } ?? ""
        let open = listed.runs.keys.sorted().reversed().filter { !listed.state(of: $0).isFinal }
        return open.map { "\($0) \(listed.state(of: $0).rawValue)\n" }.joined() + lock
    }
}

extension ExecutorAnswer.Trouble {
    fileprivate var isUnknownCmdlet: Bool { id.contains("CommandNotFound") }

    /// Why Exchange's shell could not be opened; `nil` where it was another thing that failed, or there is no Exchange.
    fileprivate func isOfShell(on host: PowerShellObject) -> Failure? {
        if let failure = SecondHop.failure(for: message) { return failure }
        guard host.text("ExchangeVersion") != nil, message.hasPrefix("mtactl: the Exchange cmdlets could not be loaded")
        else { return nil }
        return Failure(
            Printable.line(String(message.dropFirst("mtactl: ".count))),
            hint: "open the Exchange Management Shell on the host with this account: what does it say?"
        )
    }
}
