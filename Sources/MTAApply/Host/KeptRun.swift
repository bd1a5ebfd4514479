package import MTAPlan

/// A run's folder in a host's backups.
package struct KeptRun: Sendable, Equatable {
    package var run: String
    package var state: RunState
    package var server: String
    package var files: Int
    /// Of the files that were backed up.
    package var bytes: Int

    package var canBePutBack: Bool {
        switch state {
        case .confirmed, .pending, .restoring, .stranded, .preparing: true
        case .none, .restored: false
        }
    }
}

extension AgentSession {
    /// What is kept on the host, oldest first.
    package func keptRuns() async throws(Failure) -> [KeptRun] {
        let reply = try await call(AgentCall(["list"]))
        return reply.lines.compactMap { words in
            guard words.count == 6, words[0] == "run", let state = RunState(rawValue: words[2]),
                let files = Int(words[4]), let bytes = Int(words[5])
            else { return nil }
            return KeptRun(run: words[1], state: state, server: words[3], files: files, bytes: bytes)
        }
    }
}
