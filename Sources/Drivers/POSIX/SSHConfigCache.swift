internal import MTAPlan
package import SSH

/// Asks ssh what ssh_config says, each question once, and only where there is anything to be said.
package actor SSHConfigCache {
    private let isNeeded: Bool
    private var answers: [SSHConfig.Question: Task<Result<SSHConfig, SSHError>, Never>] = [:]

    package init(files: SSHConfigFiles) { isNeeded = files.matter }

    /// `nil` where no file of ssh's says anything that matters.
    func settings(_ question: SSHConfig.Question) async throws(Failure) -> SSHConfig? {
        guard isNeeded || question.needsSSH else { return nil }
        let answer =
            answers[question]
            ?? Task {
                do throws(SSHError) { return .success(try await SSHConfig.asked(question)) } catch {
                    return .failure(error)
                }
            }
        answers[question] = answer
        do throws(SSHError) { return try await answer.value.get() } catch { throw error.failure }
    }
}
