import MTAPlan
import MailServers
import Support
import Testing

/// The laws of `LawTests`, for a server whose configuration is a list of rules.
@Suite struct KerioLawTests {
    private static let run = "20261121T184002Z-7f3a"

    private func applied(_ test: KerioCase) throws -> (before: RelayRules, after: RelayRules, work: APIWork) {
        let proposal = try test.proposal()
        guard case .api(let work) = proposal.work else { preconditionFailure("Kerio is changed through its interface") }
        let before = RelayRules(test.rules)
        return (before, before.applying(work, run: Self.run, by: "anna@laptop"), work)
    }

    @Test(arguments: KerioCase.all)
    func `planning again plans nothing`(_ test: KerioCase) throws {
        let (_, after, work) = try applied(test)
        #expect(!work.isEmpty)

        let twice = try test.proposal(on: after.confirming(Self.run), usesTLS: test.usesTLS || work.switchesTLSOn)

        #expect(twice.edits == [], "\(twice.edits.map(\.diff))")
        guard case .api(let second) = twice.work else { return }
        #expect(second.isEmpty)
    }

    @Test(arguments: KerioCase.all)
    func `undoing gives every rule back, and the run is known until then`(_ test: KerioCase) throws {
        let (before, after, _) = try applied(test)

        #expect(after.runs.map(\.run) == [Self.run])
        #expect(after.runs.first?.isConfirmed == false)
        #expect(after.confirming(Self.run).runs.first?.isConfirmed == true)
        #expect(after.confirming(Self.run).changed(since: Self.run) == [])
        #expect(after.undoing(Self.run) == before)
        #expect(after.confirming(Self.run).undoing(Self.run) == before)
    }

    @Test(arguments: KerioCase.all)
    func `what the host answers is read as it was written`(_ test: KerioCase) throws {
        let (_, after, _) = try applied(test)

        let read = try RelayRules(.object(["list": .list(after.rules.map { $0.written(password: "") })]))

        #expect(read.isSame(as: after))
        #expect(read.runs == after.runs)
    }

    @Test(arguments: KerioCase.all)
    func `mail goes as the playbook says, and other mail as before`(_ test: KerioCase) throws {
        let (before, after, _) = try applied(test)
        for probe in KerioCase.probes {
            let way = after.way(probe)
            guard case .decided(let decision) = test.routes.route(from: probe.from, to: probe.to) else { continue }
            switch (decision.route, decision.reason) {
            case (.via(let smarthost), .default):
                // What a kept rule with a condition is for stays with it.
                let kept = before.rules.first { rule in
                    rule.isEnabled && rule.holds(probe) && after.rules.contains(rule) && rule.condition.test != .none
                }
                #expect(way == (kept?.host ?? smarthost.hosts[0]), "\(probe)")
            case (.via(let smarthost), _): #expect(way == smarthost.hosts[0], "\(probe)")
            case (.direct, .default): #expect(way == before.way(probe), "\(probe)")
            case (.direct, _): #expect(way == nil, "\(probe)")
            }
        }
    }

    @Test(arguments: KerioCase.all)
    func `each rule that logs in has its password, and no secret is shown`(_ test: KerioCase) throws {
        let proposal = try test.proposal()
        let (_, after, work) = try applied(test)

        let known = Set(work.passwords.map(\.account))
        #expect(after.rules.compactMap(\.account).allSatisfy(known.contains))
        let shown = proposal.edits.map { $0.name + $0.diff } + proposal.notes
        #expect(!shown.contains { $0.contains("a b:c") })
    }

    @Test func `a rule that stands already serves again, and what is new comes before it`() throws {
        var routes = Routes(defaultRoute: KerioCase.filter, bounces: .default)
        let first = KerioCase("first", [], routes)
        let one = try applied(first).after.confirming(Self.run)
        routes.recipients = [RecipientRow(domain: .exactly("example.org"), route: KerioCase.other)]

        let proposal = try KerioCase("second", one.rules, routes).proposal()

        guard case .api(let work) = proposal.work else { return }
        #expect(work.off == [])
        #expect(work.rules.map(\.title) == ["other: to example.org"])
        #expect(work.rules.map(\.place) == [0])
    }

    @Test(arguments: KerioCase.all)
    func `asking for nothing switches on what was replaced, and without the runs all is as it was found`(
        _ test: KerioCase
    ) throws {
        let second = "20261122T184002Z-7f3a"
        let (before, after, _) = try applied(test)
        let confirmed = after.confirming(Self.run)
        var nothing = test
        nothing.routes = Routes()
        for rule in confirmed.rules { nothing.settings.rulePasswords[rule.name] = .environment("OTHER") }
        guard case .api(let work) = try nothing.proposal(on: confirmed, usesTLS: true).work else { return }

        let left = confirmed.applying(work, run: second, by: "")

        #expect(left.undoing(second) == confirmed)
        #expect(left.rules.filter { !$0.isOurs }.map(\.isEnabled) == before.rules.map(\.isEnabled))
        #expect(left.confirming(second).forgetting([Self.run, second]).isSame(as: before))
    }

    @Test func `runs that are forgotten leave rules that are still ours`() throws {
        let second = "20261122T184002Z-7f3a"
        let one = try applied(
            KerioCase("first", [KerioCase.rule("theirs")], Routes(defaultRoute: KerioCase.filter, bounces: .default))
        )
        .after.confirming(Self.run)
        let plan = try KerioCase("second", one.rules, Routes(defaultRoute: KerioCase.other, bounces: .default))
            .proposal()
        guard case .api(let work) = plan.work else { return }
        let two = one.applying(work, run: second, by: "").confirming(second)

        let left = two.forgetting([Self.run, second])

        #expect(left.runs == [])
        #expect(left.rules.map(\.isOurs) == [true, false])
        #expect(left.rules.map(\.isEnabled) == [true, false])
        #expect(left.rules.map(\.description.title) == ["other: all mail", "theirs"])
    }

    @Test(arguments: ["", "a", "a ", " ", "[mtactl]x", "[mtactl oh]", "[mtactl 1 new pending 00000000]", "é [x]"])
    func `a description with marks is the one without them again`(title: String) {
        let mark = RuleMark(
            run: Self.run,
            .off,
            digest: "0123abcd",
            startedBy: "anna \u{1b}]@lap top",
            switchedTLSOn: true
        )
        let description = RuleDescription(title: title, marks: [mark, mark], isOwn: true)

        #expect(RuleDescription(description.text) == description)
        #expect(RuleDescription(title) == RuleDescription(title: title))
        #expect(mark.startedBy == "anna@laptop")
    }
}

extension RelayRules {
    /// The host that a message is sent to; `nil` where that is decided by MX.
    ///
    /// The first enabled rule that holds decides (fact sheet, 6.1).
    fileprivate func way(_ probe: (from: String, to: String)) -> String? {
        rules.first { $0.isEnabled && $0.holds(probe) }?.host
    }
}

extension RelayRule {
    fileprivate func holds(_ probe: (from: String, to: String)) -> Bool {
        switch condition.test {
        case .none: true
        case .recipient: condition.matches(probe.to) != condition.isNegated
        case .sender: condition.matches(probe.from) != condition.isNegated
        }
    }
}

extension RelayRule.Condition {
    fileprivate func matches(_ address: String) -> Bool {
        pattern.hasPrefix("*") ? address.hasSuffix(pattern.dropFirst()) : address == pattern
    }
}
