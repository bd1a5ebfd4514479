internal import MTAPlan
internal import Synchronization

/// The list of rules, and the one setting apart from it, read and written.
extension APIDriver {
    /// - Throws: When the conversation is lost.
    func read() async throws(Failure) -> Result<RelayRules, Failure> {
        let answer = try await caller.call(interface.rules.read, .object([:]))
        if let trouble = answer.trouble { return .failure(Failure("the relay rules cannot be read: \(trouble)")) }
        do throws(Failure) { return .success(try RelayRules(answer.result)) } catch { return .failure(error) }
    }

    /// A list as it is written: with the password of each rule that logs in, as what is left out or empty is erased.
    ///
    /// - Throws: Where the password of a rule is not known.
    func written(_ rules: RelayRules) async throws(Failure) -> APIValue {
        var list: [APIValue] = []
        for rule in rules.rules { list.append(rule.written(password: try await password(of: rule))) }
        return .object(["list": .list(list)])
    }

    private func password(of rule: RelayRule) async throws(Failure) -> String? {
        guard let account = rule.account else { return nil }
        let (opening, work) = state.withLock { ($0.opening, $0.work) }
        let secret: Secret
        if let opening, let known = work?.passwords.first(where: { $0.account == account }) {
            secret = try opening.secrets.value(of: known.password)
        } else if let reference = surroundings.rulePasswords[rule.name] {
            secret = try await surroundings.secret(reference)
        } else {
            throw .unknownPassword(rule)
        }
        guard let text = String(validating: secret.reveal(), as: UTF8.self), !text.isEmpty else {
            throw Failure("the password of the relay rule \"\(Printable.line(rule.name))\" is empty or not text")
        }
        return text
    }

    /// Writes the list and reads it again.
    ///
    /// - Returns: Why it is not in force.
    func write(_ list: APIValue, _ wanted: RelayRules) async throws(Failure) -> Failure? {
        let answer = try await caller.call(interface.rules.write, list)
        if let trouble = answer.trouble { return Failure("the relay rules cannot be written: \(trouble)") }
        // Kerio lists what it rejected.
        if let errors = answer.result?["errors"]?.list, let first = errors.first {
            return Failure("the relay rules were not accepted: \(Printable.line(first["message"]?.text ?? ""))")
        }
        switch try await read() {
        case .failure(let failure): return failure
        case .success(let found):
            return found.isSame(as: wanted) ? nil : Failure("the list of relay rules is not what was written")
        }
    }

    /// Switches TLS for all mail that leaves, and reads the setting again.
    ///
    /// - Returns: Why it is not as asked now.
    func setTLS(_ isOn: Bool) async throws(Failure) -> Failure? {
        let answer = try await caller.call(interface.settings.read, .object([:]))
        guard case .object(var server)? = answer.result?["server"], let found = server["useSSL"]?.flag else {
            return Failure("the settings of the SMTP server cannot be read: \(answer.trouble ?? "no `useSSL` in them")")
        }
        if found == isOn { return nil }
        if APIValue.object(server).mentions("password") {
            return Failure(
                "the settings of the SMTP server contain a password, which writing them could erase",
                hint: "switch `useSSL` \(isOn ? "on" : "off") by hand"
            )
        }
        server["useSSL"] = .flag(isOn)
        let written = try await caller.call(interface.settings.write, .object(["server": .object(server)]))
        if let trouble = written.trouble { return Failure("TLS cannot be switched: \(trouble)") }
        let again = try await caller.call(interface.settings.read, .object([:]))
        return again.result?["server"]?["useSSL"]?.flag == isOn
            ? nil : Failure("`useSSL` is not what was written")
    }

    /// Undoes runs, the newest first, and checks that everything is as it was.
    ///
    /// `before`: The list before the run, where this conversation has seen it.
    func putBack(_ runs: [String], before: RelayRules?) async throws(Failure) -> Undone {
        let found: RelayRules
        switch try await read() {
        case .success(let rules): found = rules
        case .failure(let failure): return .stranded(failure)
        }
        let marked = found.runs.filter { runs.contains($0.run) }
        let hasSwitchedTLS = marked.contains(where: \.switchedTLSOn)
        if hasSwitchedTLS || (marked.isEmpty && before != nil && state.withLock { $0.work?.switchesTLSOn == true }) {
            if let failure = try await setTLS(false) { return .stranded(failure) }
        }
        var wanted = found
        for run in runs { wanted = wanted.undoing(run) }
        if marked.isEmpty, let before, !found.isSame(as: before) {
            guard hasOurs(found) else { return .stranded(.writtenByOthers) }
            // Our rules are there, but their markers were not kept.
            wanted = before
        }
        if wanted.isSame(as: found) { return .restored }
        let list: APIValue
        do throws(Failure) { list = try await written(wanted) } catch { return .stranded(error) }
        if let failure = try await write(list, wanted) { return .stranded(failure) }
        return .restored
    }

    /// Whether a rule of this conversation's work is in a list.
    private func hasOurs(_ rules: RelayRules) -> Bool {
        let new = state.withLock { $0.work?.rules } ?? []
        return rules.rules.contains { rule in
            new.contains { $0.host == rule.host && $0.port == rule.port && $0.condition == rule.condition }
        }
    }
}

extension Failure {
    fileprivate static let writtenByOthers = Failure(
        "somebody else has changed the list of relay rules in the meantime",
        hint: "check it in the administration interface"
    )

    static func unknownPassword(_ rule: RelayRule) -> Failure {
        let name = Printable.line(rule.name)
        return Failure(
            "the relay rule \"\(name)\" logs in as `\(Printable.line(rule.username ?? ""))`, and writing the list would erase "
                + "its password, which nobody can read",
            hint:
                "write `kerio: {rule-passwords: {\"\(name)\": env:NAME}}` in the inventory, or in the play for an apply"
        )
    }
}
