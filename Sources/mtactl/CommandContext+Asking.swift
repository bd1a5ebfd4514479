import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

/// What hosts are asked besides their facts.
extension CommandContext {
    /// Asks each host's agent something.
    ///
    /// - Returns: Each host's answer, in the order of the hosts; those that were not asked any more are left out.
    func answers<Answer: Sendable>(
        _ question: @escaping @Sendable (String, any Driver) async throws(Failure) -> Answer
    ) async -> [(host: String, answer: Result<Answer, Failure>)] {
        let answers = await fleet.ask(hosts) { host -> (String, Result<Answer, Failure>) in
            let name = host.site.name
            do throws(Failure) {
                return (
                    name,
                    .success(
                        try await host.site.withDriver(progress: { _ in }) { driver throws(Failure) in
                            try await question(name, driver)
                        }
                    )
                )
            } catch {
                return (name, .failure(error.at(name)))
            }
        }
        return answers.compactMap { $0 }.map { (host: $0.0, answer: $0.1) }
    }

    /// Asks each host's agent something, and shows the answers in the order of the hosts.
    func asked<Answer: Sendable>(
        _ question: @escaping @Sendable (String, any Driver) async throws(Failure) -> Answer,
        show: (String, Answer) -> Void
    ) async -> [SiteRecord] {
        let answers = await self.answers(question)
        return answers.map { name, answer in
            switch answer {
            case .success(let answer):
                show(name, answer)
                return SiteRecord(host: name, outcome: .asAsked)
            case .failure(let failure):
                if !json { terminal.complain(failure) }
                return SiteRecord(host: name, outcome: .unreachable, failure: failure)
            }
        }
    }

    static let breakLockHelp = ArgumentHelp(
        "Remove a stale lock first.",
        discussion:
            "The lock of an unfinished run is not removed (`mtactl rollback` puts that run back), nor is one less than a minute old."
    )

    /// Removes stale locks and says whose they were; where one cannot be removed, the next step meets it and refuses.
    func breakLocks() async {
        _ = await fleet.ask(hosts) { host in
            let name = host.site.name
            do throws(Failure) {
                try await host.site.withDriver(progress: { terminal.say("\(name)  \($0)") }) {
                    driver throws(Failure) in
                    try await driver.breakLock()
                }
            } catch {
                terminal.complain(error.at(name))
            }
        }
    }
}
