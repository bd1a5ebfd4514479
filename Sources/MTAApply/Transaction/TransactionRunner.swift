package import Drivers
package import MTAPlan

/// Performs on a site the steps that a `Transaction` asks for.
///
/// The order of the steps is decided there; how each is done, by the site's driver.
package struct TransactionRunner: Sendable {
    private let site: any Site
    private let work: Work
    private let opening: RunOpening
    private let proof: (Proof, any MailServer)?
    /// Of the first way, whose message the driver is told of beforehand.
    private let firstCheck: DeliveryCheck?
    private let clock: any Clock<Duration>
    private let progress: @Sendable (String) -> Void

    /// `proof`: What the test message has to show, and whose log tells; `nil` where none is sent.
    ///
    /// `clock`: Waits for a site that was lost, and for a smarthost that asks to try again later.
    package init(
        site: any Site,
        work: Work,
        opening: RunOpening,
        proof: (Proof, any MailServer)?,
        clock: any Clock<Duration> = ContinuousClock(),
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.site = site
        self.work = work
        self.proof = proof
        firstCheck = proof.map { proof, server in
            DeliveryCheck(server: server, proof: proof, run: opening.run, clock: clock, progress: progress)
        }
        self.opening = opening.announcing(firstCheck?.announcement)
        self.clock = clock
        self.progress = progress
    }

    /// The outcome of the site, and of the test message if one was sent.
    package func perform() async -> (Transaction.Ending, Delivery?) {
        var transaction = Transaction()
        var delivery: Delivery?
        var step = transaction.next(after: .begin)
        do throws(Failure) {
            try await site.withDriver(progress: progress) { driver throws(Failure) in
                step = transaction.next(after: .connected)
                while step.isDoneByDriver {
                    step = transaction.next(after: await event(of: step, driver, delivery: &delivery))
                }
            }
        } catch {
            // Lost at its end, after what was to be decided over it was decided, a conversation does not matter.
            if step == .connect { step = transaction.next(after: .notReached(error)) }
        }
        if step == .observe { step = transaction.next(after: await observe()) }
        guard case .finish(let outcome) = step else { preconditionFailure("\(step) does not end a transaction") }
        return (outcome, delivery)
    }

    private func event(
        of step: Transaction.Step,
        _ driver: any Driver,
        delivery: inout Delivery?
    ) async -> Transaction.Event {
        do throws(Failure) {
            switch step {
            case .change:
                return switch try await driver.change(work, as: opening) {
                case .done: .changed
                case .failed(let failure, let undone): .changeFailed(failure, undone)
                }
            case .prove:
                return try await prove(driver, delivery: &delivery)
            case .confirm:
                return switch try await driver.confirm(work) {
                case .done: .confirmed
                case .failed(let failure, let undone): .changeFailed(failure, undone)
                case .expired(let failure): .expired(failure)
                }
            case .undo:
                return .undone(try await driver.undo())
            case .connect, .observe, .finish:
                preconditionFailure("\(step) is not done over this conversation")
            }
        } catch {
            return .lost(error)
        }
    }

    private func prove(_ driver: any Driver, delivery: inout Delivery?) async throws(Failure) -> Transaction.Event {
        guard let (proof, server) = proof, let firstCheck else { return .proven }
        let end = ContinuousClock.now + .seconds(proof.patience)
        let found = try await firstCheck.prove(on: driver)
        delivery = found
        if let objection = proof.route.objection(to: found) { return .notProven(objection) }
        for other in proof.others {
            let seconds = max(5, Int((end - .now).components.seconds))
            let check = DeliveryCheck(
                server: server,
                proof: proof.of(other, patience: seconds),
                run: opening.run,
                clock: clock,
                progress: progress
            )
            let found = try await check.prove(on: driver)
            guard let objection = other.route.objection(to: found) else { continue }
            delivery = found
            return .notProven(Failure("\(other.way): \(objection.problem)", hint: objection.hint))
        }
        return .proven
    }

    private func observe() async -> Transaction.Event {
        progress("connection lost, checking what the host has done")
        do throws(Failure) {
            let state = try await site.settledState(
                of: opening.run.text,
                longest: opening.revertAfter,
                clock: clock,
                progress: progress
            )
            return .observed(state)
        } catch {
            return .lost(error)
        }
    }
}

extension Transaction.Step {
    fileprivate var isDoneByDriver: Bool {
        switch self {
        case .change, .prove, .confirm, .undo: true
        case .connect, .observe, .finish: false
        }
    }
}

extension RunOpening {
    fileprivate func announcing(_ message: AnnouncedMessage?) -> RunOpening {
        var opening = self
        opening.message = message
        return opening
    }
}
