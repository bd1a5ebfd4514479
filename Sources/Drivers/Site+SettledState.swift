package import MTAPlan

/// How long, in seconds, a switch is believed to be armed that an earlier run has armed.
package let longestArmed = 3600

extension Site {
    /// What the site says of a run, over new conversations, once it has come to rest or had the time to.
    ///
    /// A site whose dead-man switch is armed has until that puts it back, but never longer than `longest`, whatever the
    /// site says. Where it is not armed yet nothing was changed, and nobody but us clears away what was started.
    ///
    /// - Parameters:
    ///   - run: The run's id.
    ///   - longest: In seconds: what the switch was armed for at the most.
    ///   - clock: Waits between two conversations.
    ///   - progress: Told once how long the site may need.
    /// - Returns: The last state that it told.
    /// - Throws: When the site cannot be asked for two minutes.
    package func settledState(
        of run: String,
        longest: Int = longestArmed,
        clock: any Clock<Duration> = ContinuousClock(),
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> RunState {
        var waited = Duration.zero
        var limit = Duration.seconds(120)
        var isToldOf = false
        while true {
            let start = ContinuousClock.now
            do throws(Failure) {
                await close()
                let status = try await withDriver(progress: { _ in }) { driver throws(Failure) in
                    try await driver.settle(run)
                }
                if let left = status.secondsLeft, left > 0, !isToldOf {
                    let bounded = min(left, longest)
                    limit = max(limit, waited + .seconds(bounded + 60))
                    progress("\(status.state.rawValue); it puts itself back in \(bounded) s at the latest")
                    isToldOf = true
                }
                if status.isSettled || waited > limit { return status.state }
            } catch {
                if waited > limit { throw error }
            }
            waited += Self.pause + (.now - start)
            do { try await clock.sleep(for: Self.pause) } catch {
                throw Failure("the wait for the site was cancelled")
            }
        }
    }

    private static var pause: Duration { .seconds(2) }
}

extension RunStore {
    /// The state of a run; one that nobody armed a switch for is cleared away, or put back.
    fileprivate func settle(_ run: String) async throws(Failure) -> RunStatus {
        let status = try await state(of: run)
        if status.isUnwatched || status.state == .preparing && status.secondsLeft == nil {
            _ = try await restore(run, .expired, progress: { _ in })
        }
        return status
    }
}

extension RunStatus {
    /// A stranded site that has a switch armed tries once more.
    fileprivate var isSettled: Bool { state.isFinal && (state != .stranded || secondsLeft ?? 0 <= 0) }
}
