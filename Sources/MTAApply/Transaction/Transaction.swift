package import Drivers
package import MTAPlan

/// The order in which one site is changed, and put back if anything goes wrong.
///
/// Touches nothing: the caller performs the step it is given and reports the result. A site puts itself back when one
/// of its own steps fails or nobody talks to it any more, so a lost connection is not answered by trying again but by
/// looking at what the site says.
///
///     connect ─ change ─ prove ─ confirm ─ committed
///        │         │       └────── undo ── rolled back
///        │         └ put back by the site: refused · rolled back · stranded
///        └ unreachable
///     lost at any later point ─ observe ─ committed · refused · rolled back · stranded
package struct Transaction: ~Copyable, Sendable {
    package enum Step: Sendable, Equatable {
        /// Log in and begin the conversation over which the steps up to `undo` are done.
        case connect
        /// Lock, back up, stage, check, swap, reload.
        case change
        /// Send the test message and follow it.
        case prove
        case confirm
        case undo
        /// Connect again and ask what happened to the run.
        case observe
        case finish(Ending)
    }

    package enum Event: Sendable, Equatable {
        case begin
        case connected
        /// There was no conversation, so nothing was done.
        case notReached(Failure)
        case changed
        case changeFailed(Failure, Undone)
        case proven
        case notProven(Failure)
        case confirmed
        /// The host had put itself back before the confirmation reached it.
        case expired(Failure)
        case undone(Undone)
        /// The connection is gone, so nobody knows whether the step was done.
        case lost(Failure)
        case observed(RunState)
    }

    package enum Ending: Sendable, Equatable {
        case committed
        /// The site was never spoken to.
        case unreachable(because: Failure)
        /// Nothing was changed.
        case refused(because: Failure)
        /// The host is as it was found.
        case rolledBack(because: Failure)
        /// The host is neither as found nor as asked, or it is not known; someone has to look at it.
        case stranded(because: Failure, while: Failure)
    }

    private enum State: Equatable {
        case idle
        case connecting
        case changing
        case proving
        case confirming
        case undoing(because: Failure)
        case observing(because: Failure)
        case finished
    }

    private var state = State.idle

    package init() {}

    package mutating func next(after event: Event) -> Step {
        switch (state, event) {
        case (.idle, .begin):
            return enter(.connecting, .connect)
        case (.connecting, .connected):
            return enter(.changing, .change)
        case (.connecting, .notReached(let failure)):
            return finish(.unreachable(because: failure))
        case (.changing, .changed):
            return enter(.proving, .prove)
        case (.changing, .changeFailed(let failure, .nothingWasChanged)):
            return finish(.refused(because: failure))
        case (.changing, .changeFailed(let failure, .restored)), (.confirming, .changeFailed(let failure, .restored)),
            (.confirming, .changeFailed(let failure, .nothingWasChanged)):
            return finish(.rolledBack(because: failure))
        case (.changing, .changeFailed(let failure, .stranded(let second))),
            (.confirming, .changeFailed(let failure, .stranded(let second))):
            return finish(.stranded(because: failure, while: second))
        case (.proving, .proven):
            return enter(.confirming, .confirm)
        case (.proving, .notProven(let failure)):
            return enter(.undoing(because: failure), .undo)
        case (.confirming, .confirmed):
            return finish(.committed)
        case (.undoing(let reason), .undone(.restored)), (.undoing(let reason), .undone(.nothingWasChanged)):
            return finish(.rolledBack(because: reason))
        case (.undoing(let reason), .undone(.stranded(let second))):
            return finish(.stranded(because: reason, while: second))
        case (.changing, .lost(let reason)), (.proving, .lost(let reason)), (.confirming, .lost(let reason)),
            (.confirming, .expired(let reason)), (.undoing(let reason), .lost):
            return enter(.observing(because: reason), .observe)
        case (.observing(let reason), .observed(let found)):
            return finish(outcome(found, because: reason))
        case (.observing(let reason), .lost(let second)):
            return finish(.stranded(because: reason, while: second))
        case (.idle, _), (.connecting, _), (.changing, _), (.proving, _), (.confirming, _), (.undoing, _),
            (.observing, _),
            (.finished, _):
            preconditionFailure("\(event) cannot follow \(state)")
        }
    }

    private func outcome(_ found: RunState, because reason: Failure) -> Ending {
        switch found {
        case .confirmed: .committed
        case .restored: .rolledBack(because: reason)
        case .none: .refused(because: reason)
        case .preparing, .pending, .restoring, .stranded:
            .stranded(because: reason, while: Failure("the host says that the run is \(found.rawValue)"))
        }
    }

    private mutating func finish(_ outcome: Ending) -> Step {
        enter(.finished, .finish(outcome))
    }

    private mutating func enter(_ next: State, _ step: Step) -> Step {
        state = next
        return step
    }
}
