import Drivers
import MTAPlan
import Testing

@testable import MTAApply

@Suite struct TransactionTests {
    private let boom = Failure("the host said no")
    private let second = Failure("and then this")

    @Test func `a change that is proven is confirmed and then committed`() {
        #expect(
            steps(.begin, .connected, .changed, .proven, .confirmed) == [
                .connect, .change, .prove, .confirm, .finish(.committed),
            ]
        )
    }

    @Test func `a site that is never spoken to is unreachable, and nobody looks at what became of it`() {
        #expect(steps(.begin, .notReached(boom)) == [.connect, .finish(.unreachable(because: boom))])
    }

    @Test func `a host that changed nothing is refused, not rolled back`() {
        #expect(last(.begin, .connected, .changeFailed(boom, .nothingWasChanged)) == .finish(.refused(because: boom)))
    }

    @Test func `a change that failed on the way was put back by the agent`() {
        #expect(last(.begin, .connected, .changeFailed(boom, .restored)) == .finish(.rolledBack(because: boom)))
    }

    @Test func `a change that could not be put back strands the host and both reasons are kept`() {
        #expect(
            last(.begin, .connected, .changeFailed(boom, .stranded(second)))
                == .finish(.stranded(because: boom, while: second))
        )
    }

    @Test func `what is not proven is undone`() {
        #expect(
            steps(.begin, .connected, .changed, .notProven(boom), .undone(.restored))
                == [.connect, .change, .prove, .undo, .finish(.rolledBack(because: boom))]
        )
    }

    @Test func `a daemon that died after the test message is not confirmed`() {
        #expect(
            last(.begin, .connected, .changed, .proven, .changeFailed(boom, .restored))
                == .finish(.rolledBack(because: boom))
        )
        #expect(
            last(.begin, .connected, .changed, .proven, .changeFailed(boom, .stranded(second)))
                == .finish(.stranded(because: boom, while: second))
        )
    }

    @Test func `a confirmation that came too late is not taken for success`() {
        #expect(
            steps(.begin, .connected, .changed, .proven, .expired(boom), .observed(.restored)).suffix(2)
                == [.observe, .finish(.rolledBack(because: boom))]
        )
    }

    @Test(arguments: [
        [Transaction.Event.begin, .connected], [.begin, .connected, .changed], [.begin, .connected, .changed, .proven],
    ])
    func `a lost connection is answered by looking, at whatever step it is lost`(before: [Transaction.Event]) {
        #expect(steps(before + [.lost(boom)]).last == .observe)
    }

    @Test func `a connection lost while undoing is answered by looking too`() {
        #expect(
            steps(.begin, .connected, .changed, .notProven(boom), .lost(second), .observed(.restored)).suffix(2)
                == [.observe, .finish(.rolledBack(because: boom))]
        )
    }

    @Test(arguments: RunState.allCases)
    func `what the host says decides after a loss, and what is not final is stranded`(state: RunState) {
        let outcome = last(.begin, .connected, .lost(boom), .observed(state))

        switch state {
        case .confirmed: #expect(outcome == .finish(.committed))
        case .restored: #expect(outcome == .finish(.rolledBack(because: boom)))
        case .none: #expect(outcome == .finish(.refused(because: boom)))
        case .preparing, .pending, .restoring, .stranded:
            guard case .finish(.stranded(because: boom, while: _)) = outcome else {
                Issue.record("\(state) ended in \(outcome)")
                return
            }
        }
    }

    @Test func `a host that cannot be asked after a loss is not known, so stranded`() {
        #expect(
            last(.begin, .connected, .lost(boom), .lost(second)) == .finish(.stranded(because: boom, while: second))
        )
    }

    private func steps(_ events: Transaction.Event...) -> [Transaction.Step] { steps(events) }

    private func steps(_ events: [Transaction.Event]) -> [Transaction.Step] {
        var transaction = Transaction()
        var steps: [Transaction.Step] = []
        for event in events { steps.append(transaction.next(after: event)) }
        return steps
    }

    private func last(_ events: Transaction.Event...) -> Transaction.Step {
        steps(events).last ?? .change
    }
}
