import MTAPlan

/// Makes the list to write from the routes that are asked for and the existing rules.
struct KerioProposal {
    private let site: KerioSite
    private let wanted: KerioRoutes
    private let settings: KerioSettings
    private let routes: Routes

    private var rules: [RelayRule] { site.rules.rules }

    /// - Throws: If no list of rules can express it.
    init(_ site: KerioSite, _ routes: Routes, _ settings: KerioSettings) throws(Failure) {
        self.site = site
        self.routes = routes
        self.settings = settings
        wanted = try KerioRoutes(routes)
    }

    /// - Throws: Also where a password would be erased, or TLS be switched off for other mail.
    func made() throws(Failure) -> Proposal {
        let switchesTLSOn = try checkTLS()
        let others = rules.indices.filter { !rules[$0].isOurs }
        let off = others.filter { rules[$0].isEnabled && isReplaced(rules[$0]) }
        let on = others.filter { rules[$0].isOffByUs && !isReplaced(rules[$0]) }
        let kept = others.filter { rules[$0].isEnabled && !off.contains($0) || on.contains($0) }
        if let row = wanted.direct.first, let other = kept.first {
            throw .directRow(row, "the rule \"\(Printable.line(rules[other].name))\" stays and may send it elsewhere")
        }
        var placing = KerioPlacing(rules, kept: kept, reuses: true)
        placing.place(wanted)
        if switchesTLSOn, placing.new.isEmpty, placing.superseded.isEmpty, off.isEmpty, on.isEmpty {
            // The run needs a rule to leave its mark in.
            placing = KerioPlacing(rules, kept: kept, reuses: false)
            placing.place(wanted)
        }
        let allOff = (placing.superseded + off).sorted()
        var work = APIWork(
            found: site.rules.digest,
            rules: placing.new,
            off: allOff,
            on: on,
            switchesTLSOn: switchesTLSOn
        )
        if work.writesRules { work.passwords = try passwords() }
        return Proposal(edits: edits(work), work: .api(work), notes: notes(work, kept: kept))
    }

    /// Whether a rule that others made is switched off: all are where all mail is to take a smarthost, else those that
    /// a rule of ours takes the place of.
    private func isReplaced(_ rule: RelayRule) -> Bool {
        if settings.replaceOthers == .keep || settings.keep.contains(rule.name) { return false }
        return wanted.general != nil || wanted.specific.contains { $0.condition == rule.condition }
    }

    /// - Returns: Whether TLS has to be switched on.
    private func checkTLS() throws(Failure) -> Bool {
        for smarthost in routes.smarthosts where smarthost.tls == .none && site.usesTLS {
            throw .noSuchTLS(
                "Kerio Connect",
                smarthost,
                why: "its only TLS setting, which applies to all outgoing mail, is on (`useSSL`)",
                hint: "write `tls: opportunistic`: it encrypts where the smarthost offers it"
            )
        }
        return !site.usesTLS && routes.smarthosts.contains { $0.tls == .opportunistic }
    }

    /// - Throws: For a rule whose password the list would be written without.
    private func passwords() throws(Failure) -> [APIWork.KnownPassword] {
        var known = wanted.passwords
        for rule in rules {
            guard let account = rule.account, !known.contains(where: { $0.account == account }) else { continue }
            guard let password = settings.rulePasswords[rule.name] else { throw .unknownPassword(rule) }
            known.append(APIWork.KnownPassword(account, password))
        }
        return known
    }

    // MARK: What is shown

    private func edits(_ work: APIWork) -> [Edit] {
        var edits = work.rules.map { $0.rule.edit(from: nil) }
        edits += (work.off + work.on).sorted().map { index in
            var rule = rules[index]
            rule.isEnabled.toggle()
            return rule.edit(from: rules[index])
        }
        if work.switchesTLSOn {
            let diff = LineDiff.unified(Array("no\n".utf8), Array("yes\n".utf8), path: "/useSSL")
            edits.append(Edit(.setting, "useSSL", .edit, diff: diff))
        }
        return edits
    }

    private func notes(_ work: APIWork, kept: [Int]) -> [String] {
        var notes: [String] = []
        if work.switchesTLSOn {
            notes.append(
                "TLS is one setting for all outgoing mail: direct mail is encrypted too, where the other side offers it"
            )
        }
        let ours = rules.filter { $0.isOurs && $0.isEnabled && $0.username != nil }
        if work.isEmpty, let rule = ours.first {
            notes.append(
                "the password that \"\(Printable.line(rule.name))\" has stored cannot be compared, and is kept"
            )
        }
        if wanted.general != nil {
            for index in kept where rules[index].condition.test == .none {
                notes.append("the rule \"\(Printable.line(rules[index].name))\" stays, but no mail reaches it")
            }
        }
        for smarthost in routes.smarthosts where smarthost.login != nil && smarthost.tls == .opportunistic {
            notes.append("where `\(smarthost.name)` does not offer TLS, the password for it goes in clear text")
        }
        let given =
            work.off.isEmpty && work.rules.isEmpty ? [] : rules.filter { settings.rulePasswords[$0.name] != nil }
        for rule in given {
            notes.append("the password of \"\(Printable.line(rule.name))\" is written again, as it is given here")
        }
        return notes
    }
}
