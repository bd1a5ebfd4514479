internal import Crypto

/// A host's relay rules, in their order, and what runs of mtactl have done to them.
///
/// Decides only: calls no interface.
package struct RelayRules: Sendable, Hashable {
    package var rules: [RelayRule]

    package init(_ rules: [RelayRule]) { self.rules = rules }

    /// What the host answered.
    ///
    /// - Throws: If that is not a list of rules as documented: nothing may be written over what is not understood.
    package init(_ answer: APIValue?) throws(Failure) {
        guard let list = answer?["list"]?.list, list.count <= 10_000 else { throw .notUnderstood }
        rules = []
        for (number, value) in list.enumerated() {
            guard let rule = RelayRule(value) else {
                throw Failure(
                    "relay rule \(number + 1) is not as the interface is documented",
                    hint: "mtactl changes no list that it does not understand"
                )
            }
            rules.append(rule)
        }
    }

    /// SHA-256, in hexadecimal, of all that is not made up or hidden by the product.
    package var digest: String {
        let text = rules.map { $0.digest(withMarks: true) }.joined(separator: "\n")
        return SHA256.hash(data: Array(text.utf8)).hexadecimal
    }

    package func isSame(as other: RelayRules) -> Bool { digest == other.digest }

    // MARK: What a run does

    /// With the work done, marked as pending.
    ///
    /// - Precondition: The work was made for this list.
    package func applying(_ work: APIWork, run: String, by person: String) -> RelayRules {
        var result = rules
        for (places, part) in [(work.off, RuleMark.Part.off), (work.on, .on)] {
            for index in places {
                result[index].isEnabled = part == .on
                let digest = result[index].mark
                result[index].description.marks.append(
                    RuleMark(run: run, part, digest: digest, startedBy: person, switchedTLSOn: work.switchesTLSOn)
                )
            }
        }
        for new in work.rules.reversed() {
            var rule = new.rule
            rule.description.marks = [
                RuleMark(
                    run: run,
                    .new,
                    digest: rule.mark,
                    startedBy: person,
                    switchedTLSOn: work.switchesTLSOn
                )
            ]
            result.insert(rule, at: new.place)
        }
        return RelayRules(result)
    }

    /// The same with the run's marks saying that it is confirmed.
    package func confirming(_ run: String) -> RelayRules {
        changed { rule in
            for index in rule.description.marks.indices where rule.description.marks[index].run == run {
                rule.description.marks[index].isConfirmed = true
            }
            return rule
        }
    }

    /// As it was before a run: what it made is gone, what it switched off is on, and the other way round.
    package func undoing(_ run: String) -> RelayRules {
        changed { rule in
            guard let mark = rule.description.marks.last(where: { $0.run == run }) else { return rule }
            if mark.part == .new { return nil }
            rule.description.marks.removeAll { $0.run == run }
            rule.isEnabled = mark.part == .off
            return rule
        }
    }

    /// Without the marks of runs that are not to be put back any more; a rule of ours that one of them replaced goes.
    package func forgetting(_ runs: Set<String>) -> RelayRules {
        changed { rule in
            let gone = rule.description.marks.filter { runs.contains($0.run) }
            if gone.isEmpty { return rule }
            if rule.isOurs, gone.contains(where: { $0.part == .off }) { return nil }
            if gone.contains(where: { $0.part == .new }) { rule.description.isOwn = true }
            rule.description.marks.removeAll { runs.contains($0.run) }
            return rule
        }
    }

    private func changed(_ change: (inout RelayRule) -> RelayRule?) -> RelayRules {
        RelayRules(
            rules.compactMap { rule in
                var rule = rule
                return change(&rule)
            }
        )
    }

    // MARK: What runs have done

    /// The runs that have left marks, oldest first.
    package var runs: [MarkedRun] {
        let marks = rules.flatMap(\.description.marks)
        return Set(marks.map(\.run)).sorted().map { run in
            let its = marks.filter { $0.run == run }
            return MarkedRun(
                run: run,
                isConfirmed: its.allSatisfy(\.isConfirmed),
                startedBy: its.map(\.startedBy).first { !$0.isEmpty },
                rules: its.count,
                switchedTLSOn: its.contains(where: \.switchedTLSOn)
            )
        }
    }

    /// The names of rules that are not as a run left them.
    package func changed(since run: String) -> [String] {
        rules.compactMap { rule in
            guard let mark = rule.description.marks.last(where: { $0.run == run }) else { return nil }
            return mark.digest == rule.mark ? nil : rule.name
        }
    }
}

/// A run, as the marks in a list of rules tell of it.
package struct MarkedRun: Sendable, Hashable {
    package var run: String
    package var isConfirmed: Bool
    package var startedBy: String?
    /// How many rules it made or switched off.
    package var rules: Int
    package var switchedTLSOn: Bool
}

extension Failure {
    fileprivate static let notUnderstood = Failure(
        "the host's list of relay rules is not as the interface is documented",
        hint: "mtactl changes no list that it does not understand"
    )
}
