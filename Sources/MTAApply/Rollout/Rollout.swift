package import MTAPlan

/// The order in which the hosts of a fleet are changed, and when the rollout stops.
///
/// Decides only: touches neither hosts nor files.
///
///      wave ─ pause ─ wave ─ … ─ done
///        └ more failures than allowed ─ abort
package struct Rollout: Sendable {
    package enum Step: Sendable, Equatable {
        /// These hosts, by their place in the list, side by side.
        case wave(Range<Int>)
        /// Too many of the last wave failed; hosts from `rest` on are not started.
        case abort(Failure, rest: Range<Int>)
        case done
    }

    private let policy: RolloutPolicy
    private let count: Int
    private var waves = 0
    private var current = 0..<0

    /// Hosts that earlier waves have done, in the rollout that this one resumes.
    private let done: Int

    /// `done`: How many hosts a resumed rollout has committed already.
    ///
    /// Waves of only these hosts are not started again.
    package init(hosts count: Int, policy: RolloutPolicy, done: Int = 0) {
        self.count = count
        self.policy = policy
        self.done = done
        var covered = 0
        while waves < policy.waves.count - 1, covered + size(ofWave: waves) <= done {
            covered += size(ofWave: waves)
            waves += 1
        }
    }

    /// How many waves there are where no host fails.
    package var waveCount: Int {
        var (covered, number) = (current.upperBound, waves)
        while covered < count {
            covered += size(ofWave: number)
            number += 1
        }
        return number
    }

    /// The number of the wave that was started last.
    package var wave: Int { waves }

    private func size(ofWave number: Int) -> Int {
        let amount = policy.waves[min(number, policy.waves.count - 1)]
        return max(1, amount.amount(of: count + done, rounding: .up))
    }

    /// What comes next.
    ///
    /// `outcomes`: Of the hosts of the last wave; none before the first.
    package mutating func next(after outcomes: [Outcome]) -> Step {
        let failures = outcomes.count(where: \.isFailure)
        let allowed = policy.maxFailures.amount(of: current.count, rounding: .down)
        if failures > allowed {
            return .abort(
                .tooMany(failures, of: current.count, wave: waves, allowed: allowed),
                rest: current.upperBound..<count
            )
        }
        guard current.upperBound < count else { return .done }
        current = current.upperBound..<min(count, current.upperBound + size(ofWave: waves))
        waves += 1
        return .wave(current)
    }
}

extension Outcome {
    /// Whether a rollout counts the host as failed.
    package var isFailure: Bool {
        switch self {
        case .refused, .rolledBack, .stranded, .unreachable: true
        case .asAsked, .wouldChange, .committed, .skipped: false
        }
    }
}

extension RolloutPolicy.Amount {
    fileprivate func amount(of whole: Int, rounding rule: FloatingPointRoundingRule) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let percent): Int((Double(whole) * Double(percent) / 100).rounded(rule))
        }
    }
}

extension Failure {
    fileprivate static func tooMany(_ failures: Int, of size: Int, wave: Int, allowed: Int) -> Failure {
        Failure(
            "wave \(wave): \(failures) of \(size) hosts failed, max-failures is \(allowed); rollout stopped",
            hint: "fix them and run it again; hosts that are already configured are skipped"
        )
    }
}
