import ArgumentParser
import Foundation
import MTAApply
import MTAPlan
import Synchronization

extension CommandContext {
    /// Closes all connections, sums up, says what is typed next, and exits as the table says.
    ///
    /// `results`: None where nothing was started. `run`: Under which the hosts were changed, or that was asked about.
    /// `command`: Where it changes hosts. `least`: What is exited with where no host was worse.
    ///
    /// - Throws: The exit status, unless it is 0.
    func end(
        _ purpose: ExitStatus.Purpose,
        results: [SiteRecord],
        run: String? = nil,
        aborted: Failure? = nil,
        of command: NextSteps.Command? = nil,
        atLeast least: ExitStatus = .done
    ) async throws {
        await close()
        LiveLines.current.withLock { $0 }?.end()
        let worst = ExitStatus(of: results, for: purpose)
        let found = worst == .done ? least : worst
        let status = interruption.isAskedFor ? found.whenInterrupted : found
        let next = command.map { nextSteps(after: $0, results, run) }
        let record = RunRecord(run: run, sites: results, aborted: aborted, exit: status.rawValue)
        if json {
            terminal.show(
                JSONReport.summary(record, next: next?.steps.steps.map(\.command) ?? [], failedHosts: next?.file)
            )
        } else if !results.isEmpty, purpose.isSummedUp {
            terminal.show(ClosingTable.lines(results))
            terminal.show(ResultText.summary(results) + (run.map { "  run \($0)" } ?? ""))
            for line in next?.steps.lines ?? [] { terminal.say(line) }
        }
        if command != nil { recordEnd(record) }
        try status.end()
    }

    /// The steps, and the file with the names of the hosts that failed.
    func nextSteps(
        after command: NextSteps.Command,
        _ results: [SiteRecord],
        _ run: String?
    ) -> (steps: NextSteps, file: String?) {
        let failed = results.filter { command.hasFailed($0.outcome) }.map(\.host)
        var file: String?
        if !failed.isEmpty {
            do throws(Failure) { file = try StateFolder.writeFailedHosts(failed, of: run ?? self.run) } catch {
                terminal.complain(error)
            }
        }
        let words = ["mtactl"] + CommandLine.arguments.dropFirst()
        return (NextSteps(after: command, words: words, run: run, results: results, failedHosts: file), file)
    }

    /// Notes in the history that hosts begin to be changed, and what is said where a second signal ends the program in the
    /// middle.
    func begin(_ command: NextSteps.Command, run: String?) {
        recordBeginning(command, run: run)
        interruption.onLeaving { [self] results in
            recordEnd(RunRecord(run: run, sites: results, exit: ExitStatus.interrupted.rawValue))
            return (run.map { ["run \($0)"] } ?? [])
                + [ResultText.summary(results) + "; the other hosts were not finished or not started"]
                + nextSteps(after: command, results, run).steps.lines
        }
    }
}

extension ExitStatus.Purpose {
    fileprivate var isSummedUp: Bool {
        switch self {
        case .change, .rollBack, .verify: true
        case .plan, .detailedPlan, .check, .ask: false
        }
    }
}
