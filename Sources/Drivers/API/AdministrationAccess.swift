package import MTAPlan

/// How the administration interface of one host is reached, and as whom.
package struct AdministrationAccess: Sendable {
    /// As messages call the product: `kerio`.
    package var server: String
    package var interface: AdministrationInterface
    /// On the host itself.
    package var port: Int
    package var login: Login
    /// Passwords of rules that others made, by the rules' names.
    package var rulePasswords: [String: SecretReference]
    /// Whether the product is on a POSIX host, by its other facts.
    package var isThere: @Sendable (Facts) -> Bool

    package init(
        server: String,
        interface: AdministrationInterface,
        port: Int,
        login: Login,
        rulePasswords: [String: SecretReference],
        isThere: @escaping @Sendable (Facts) -> Bool
    ) {
        self.server = server
        self.interface = interface
        self.port = port
        self.login = login
        self.rulePasswords = rulePasswords
        self.isThere = isThere
    }

    /// Asks everything that planning needs, or a survey; where that cannot be asked, the facts say why.
    func add(
        to facts: inout Facts,
        for purpose: FactsPurpose,
        _ caller: any AdministrationCaller
    ) async {
        do throws(Failure) {
            for question in interface.questions where purpose == .survey || !question.isForSurvey {
                facts.calls[question.key] = try await caller.call(question.method, question.parameters)
            }
        } catch {
            let words = error.problem + (error.hint.map { "\n\($0)" } ?? "")
            facts.calls[AdministrationInterface.troubleKey] = .failed(code: 0, message: words)
        }
        facts.answers["mtactl.runs"] = Facts.Answer(output: Array(runs(in: facts).utf8))
    }

    /// As `OpenRuns` reads them: what the host had, and what the marks in its rules tell.
    private func runs(in facts: Facts) -> String {
        let had = facts.text("mtactl.runs").map { $0.isEmpty ? "" : $0 + "\n" } ?? ""
        // A list that is not understood is the plan's refusal.
        let rules = try? RelayRules(facts.calls[interface.rulesKey]?.result)
        let open = (rules?.runs ?? []).reversed().filter { !$0.isConfirmed }
        let locks = open.first.map { "lock \($0.run) \($0.startedBy ?? "")\n" } ?? ""
        return had + open.map { "\($0.run) pending\n" }.joined() + locks
    }
}

/// Calls methods of an administration interface.
package protocol AdministrationCaller: Sendable {
    /// - Throws: When the conversation is lost, or the login is refused.
    func call(_ method: String, _ parameters: APIValue) async throws(Failure) -> APIAnswer

    /// Logs out, and ends the connection.
    func close() async
}
