import MTAPlan
import Testing

@testable import MTAApply

@Suite struct RolloutTests {
    @Test func `waves grow as asked and the last one is repeated until no host is left`() {
        let sizes = waves(of: 30, RolloutPolicy(waves: [.count(1), .percent(10), .count(5)]))

        #expect(sizes == [1, 3, 5, 5, 5, 5, 5, 1])
    }

    @Test func `a percentage is rounded up, so that no wave is empty`() {
        #expect(waves(of: 3, RolloutPolicy(waves: [.percent(1)])) == [1, 1, 1])
    }

    @Test func `no hosts are done at once`() {
        var rollout = Rollout(hosts: 0, policy: RolloutPolicy())

        #expect(rollout.next(after: []) == .done)
    }

    @Test(arguments: [Outcome.unreachable, .refused, .rolledBack, .stranded])
    func `a host that failed in whatever way ends a rollout that allows none`(outcome: Outcome) {
        var rollout = Rollout(hosts: 5, policy: RolloutPolicy(waves: [.count(2)]))
        _ = rollout.next(after: [])

        guard case .abort(_, rest: 2..<5) = rollout.next(after: [.committed, outcome]) else {
            Issue.record("the rollout went on after \(outcome)")
            return
        }
    }

    @Test func `as many failures as are allowed do not end it, one more does`() {
        let policy = RolloutPolicy(waves: [.count(4)], maxFailures: .percent(25))
        var goesOn = Rollout(hosts: 8, policy: policy)
        _ = goesOn.next(after: [])
        var ends = Rollout(hosts: 8, policy: policy)
        _ = ends.next(after: [])

        #expect(goesOn.next(after: [.committed, .committed, .committed, .unreachable]) == .wave(4..<8))
        guard case .abort = ends.next(after: [.committed, .committed, .refused, .unreachable]) else {
            Issue.record("two of four failed and the rollout went on")
            return
        }
    }

    @Test func `hosts that were as asked are no failures`() {
        var rollout = Rollout(hosts: 2, policy: RolloutPolicy(waves: [.count(1)]))
        _ = rollout.next(after: [])

        #expect(rollout.next(after: [.asAsked]) == .wave(1..<2))
    }

    @Test(arguments: [(0, [1, 3, 26]), (1, [3, 26]), (4, [26]), (3, [3, 24]), (29, [1])] as [(Int, [Int])])
    func `a rollout that is gone on with does not begin its first waves again`(_ row: (done: Int, sizes: [Int])) {
        let policy = RolloutPolicy(waves: [.count(1), .percent(10), .percent(100)])
        var rollout = Rollout(hosts: 30 - row.done, policy: policy, done: row.done)
        var sizes: [Int] = []
        var outcomes: [Outcome] = []
        while case .wave(let range) = rollout.next(after: outcomes) {
            sizes.append(range.count)
            outcomes = range.map { _ in .committed }
        }

        #expect(sizes == row.sizes)
    }

    @Test func `how many waves there will be is known from the first`() {
        var rollout = Rollout(hosts: 30, policy: RolloutPolicy(waves: [.count(1), .percent(10), .count(5)]))
        var counts: [Int] = []
        var outcomes: [Outcome] = []
        while case .wave(let range) = rollout.next(after: outcomes) {
            counts.append(rollout.waveCount)
            outcomes = range.map { _ in .committed }
        }

        #expect(counts == [Int](repeating: 8, count: 8))
        #expect(rollout.wave == 8)
    }

    private func waves(of count: Int, _ policy: RolloutPolicy) -> [Int] {
        var rollout = Rollout(hosts: count, policy: policy)
        var sizes: [Int] = []
        var outcomes: [Outcome] = []
        while case .wave(let range) = rollout.next(after: outcomes) {
            sizes.append(range.count)
            outcomes = range.map { _ in .committed }
        }
        return sizes
    }
}
