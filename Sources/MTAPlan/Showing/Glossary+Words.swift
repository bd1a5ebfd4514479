extension Glossary {
    /// A sentence of mtactl's own, in which words of the host are between two `` ` ``.
    package func sentence(_ text: String) -> String {
        // If one of a pair is missing, it is not known what is between them.
        guard text.utf8.count(where: { $0 == 0x60 }).isMultiple(of: 2) else { return value(text) }
        return text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1 ? value(part) : String(part)
        }.joined(separator: "`")
    }

    /// The same failure as it is shown.
    package func failure(_ failure: Failure) -> Failure {
        Failure(sentence(failure.problem), hint: failure.hint.map(sentence), at: failure.place)
    }

    /// The same survey as it is shown.
    package func survey(_ survey: Survey) -> Survey {
        var shown = survey
        shown.defaultRoute = value(survey.defaultRoute)
        shown.tls = survey.tls.map { value($0) }
        shown.login = survey.login.map { value($0) }
        shown.recipients = survey.recipients.map(row)
        shown.senders = survey.senders.map(row)
        return shown
    }

    private func row(_ row: Survey.Row) -> Survey.Row {
        Survey.Row(
            value(row.key),
            value(row.route),
            tls: row.tls.map { value($0) },
            login: row.login.map { value($0) }
        )
    }
}

extension Proposal {
    /// The same with what is shown of it, and what a saved plan holds, chosen.
    ///
    /// - Throws: When a secret was not looked up.
    package func shown(
        by glossary: Glossary,
        notation: (String) -> Notation,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        guard case .posix(var work) = self.work else { return self }
        for index in work.files.indices {
            try work.files[index].show(notation(work.files[index].path), by: glossary, secrets: secrets)
            work.files[index].spare(facts, by: glossary)
        }
        for index in work.foreseen.indices {
            work.foreseen[index].show(notation(work.foreseen[index].path), by: glossary)
        }
        for index in work.settings.indices { try work.settings[index].show(by: glossary, secrets: secrets) }
        var shown = self
        (shown.edits, shown.work) = (work.edits, .posix(work))
        shown.notes = notes.map(glossary.sentence)
        return shown
    }
}

extension Routes {
    /// Texts of the playbook, whose words are shown wherever they are.
    package var words: [String] {
        var words = ["mtactl"]
        let smarthosts = smarthosts
        words += smarthosts.flatMap { [$0.name, "\($0.port)"] + $0.hosts }
        let logins = smarthosts.compactMap(\.login) + senders.compactMap(\.login)
        words += logins.flatMap { [$0.username, "\($0.password)"] }
        words += recipients.map { row in
            switch row.domain {
            case .exactly(let domain), .subdomains(of: let domain): domain
            }
        }
        words += senders.map { row in
            switch row.sender {
            case .address(let address): address
            case .domain(let domain): domain
            }
        }
        if let file = sendersFile { words += [file.path, file.logins ?? ""] }
        if let rewrite = returnPath { words += [rewrite.to] + rewrite.senders }
        if case .relay(let addresses) = localDomains { words += addresses }
        return words
    }
}
