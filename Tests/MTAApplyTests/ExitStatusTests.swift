import MTAPlan
import Testing

@testable import MTAApply

/// docs/json.md, for every outcome alone and every combination of two, in every command.
@Suite struct ExitStatusTests {
    /// Testing has an `ExitStatus` too.
    typealias Status = MTAApply.ExitStatus

    /// What can become of a host, by name.
    private static let records: KeyValuePairs<String, SiteRecord> = [
        "as-asked": SiteRecord(host: "a", outcome: .asAsked),
        "as-asked, delivered": sent(.asAsked, .delivered, failed: false),
        "as-asked, another way": sent(.asAsked, .delivered, failed: true),
        "as-asked, bounced": sent(.asAsked, .bounced, failed: true),
        "would-change": SiteRecord(host: "a", outcome: .wouldChange),
        "would-change, another way": sent(.wouldChange, .delivered, failed: true),
        "would-change, bounced": sent(.wouldChange, .bounced, failed: true),
        "committed": sent(.committed, .delivered, failed: false),
        "refused": failed(.refused), "rolled-back": failed(.rolledBack), "stranded": failed(.stranded),
        "unreachable": failed(.unreachable), "skipped": failed(.skipped),
    ]

    /// The statuses of one host alone; those in `Purpose.allCases` that are not here are 0 for every outcome but failures.
    private static let alone: KeyValuePairs<String, [Status.Purpose: Int32]> = [
        "as-asked": all(0), "as-asked, delivered": all(0),
        "as-asked, another way": all(0, [.check: 5, .verify: 5]),
        "as-asked, bounced": all(0, [.check: 5, .verify: 5]),
        "would-change": all(0, [.check: 2, .detailedPlan: 2]),
        "would-change, another way": all(0, [.check: 2, .verify: 5, .detailedPlan: 2]),
        "would-change, bounced": all(0, [.check: 5, .verify: 5, .detailedPlan: 2]),
        "committed": all(0), "refused": all(1),
        "rolled-back": [.change: 3, .rollBack: 0], "stranded": all(1, [.change: 4, .rollBack: 4]),
        "unreachable": all(1), "skipped": all(1, [.rollBack: 0]),
    ]

    /// The worst first, as the table in docs/json.md has it.
    private static let order: [Status.Purpose: [Int32]] = [
        .change: [4, 3, 1, 0], .rollBack: [4, 3, 1, 0], .plan: [1, 0], .ask: [1, 0], .detailedPlan: [1, 2, 0],
        .check: [5, 2, 1, 0], .verify: [5, 1, 0],
    ]

    @Test(arguments: Status.Purpose.allCases)
    func `of every two outcomes the worse one decides`(purpose: Status.Purpose) throws {
        let order = try #require(Self.order[purpose])
        var pairs = 0
        for (first, one) in Self.records {
            for (second, other) in Self.records {
                let statuses = [first, second].compactMap { name in Self.alone.first { $0.key == name }?.value[purpose]
                }
                guard statuses.count == 2 else { continue }
                let wanted = try #require(order.first { statuses.contains($0) })
                #expect(Status(of: [one, other], for: purpose).rawValue == wanted, "\(first) and \(second)")
                pairs += 1
            }
        }
        #expect(pairs >= 144)
    }

    @Test(arguments: Status.Purpose.allCases)
    func `hosts that are well change nothing of it, however many`(purpose: Status.Purpose) {
        let well = [SiteRecord](repeating: SiteRecord(host: "a", outcome: .committed), count: 400)

        #expect(Status(of: well, for: purpose) == .done)
        #expect(Status(of: well + [Self.failed(.refused)], for: purpose) == .notDone)
        #expect(Status(of: [], for: purpose) == .done)
    }

    private static func all(
        _ status: Int32,
        _ others: [Status.Purpose: Int32] = [:]
    ) -> [Status.Purpose: Int32] {
        Dictionary(uniqueKeysWithValues: Status.Purpose.allCases.map { ($0, others[$0] ?? status) })
    }

    private static func failed(_ outcome: Outcome) -> SiteRecord {
        SiteRecord(host: "a", outcome: outcome, failure: Failure("why"))
    }

    private static func sent(_ outcome: Outcome, _ status: Delivery.Status, failed: Bool) -> SiteRecord {
        SiteRecord(
            host: "a",
            outcome: outcome,
            delivery: Delivery(status: status, messageID: "m@example.com"),
            failure: failed ? Failure("why") : nil
        )
    }
}
