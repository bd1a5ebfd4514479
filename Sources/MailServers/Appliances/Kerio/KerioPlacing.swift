import MTAPlan

/// Where rules of ours are put among those that are there, and which of ours serve again.
///
/// No rule is moved: a run is undone by removing its rules.
struct KerioPlacing {
    private let rules: [RelayRule]
    /// The places of others' rules that stay enabled.
    private let kept: [Int]
    private let reuses: Bool
    private(set) var new: [APIWork.NewRule] = []
    /// The places of our own enabled rules that serve again.
    private var reused: Set<Int> = []

    init(_ rules: [RelayRule], kept: [Int], reuses: Bool) {
        self.rules = rules
        self.kept = kept
        self.reuses = reuses
    }

    /// The places of our own enabled rules that do not serve again.
    var superseded: [Int] { rules.indices.filter { rules[$0].isOurs && rules[$0].isEnabled && !reused.contains($0) } }

    mutating func place(_ wanted: KerioRoutes) {
        var next = 0
        for rule in wanted.specific { next = place(rule, from: next, before: kept.first ?? rules.count) }
        guard let general = wanted.general else { return }
        // Behind those of the kept rules that are for some mail, and before the first that takes all.
        let end = kept.first { rules[$0].condition.test == .none } ?? rules.count
        let start = max(next, kept.last { $0 < end }.map { $0 + 1 } ?? 0)
        _ = place(general, from: start, before: end)
    }

    /// - Returns: The place behind the rule.
    private mutating func place(_ wanted: APIWork.NewRule, from start: Int, before end: Int) -> Int {
        let there = start < end ? (start..<end).first { rules[$0].serves(as: wanted) } : nil
        if reuses, let there {
            reused.insert(there)
            return there + 1
        }
        var rule = wanted
        rule.place = start
        new.append(rule)
        return start
    }
}

extension RelayRule {
    /// Whether it is mtactl's and equals another one.
    fileprivate func serves(as wanted: APIWork.NewRule) -> Bool {
        isOurs && isEnabled && host.lowercased() == wanted.host.lowercased() && port == wanted.port
            && username == wanted.username && condition == wanted.condition
    }
}
