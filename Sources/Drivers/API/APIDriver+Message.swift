package import MTAPlan
internal import Synchronization

extension APIDriver {
    package func mark(_ log: LogSource, back seconds: Int) async throws(Failure) -> Failure? {
        // Lines are identified by the Message-ID, so there is no position to remember.
        let answer = try await caller.call(interface.log, lastLines(1))
        return answer.trouble.map { Failure("the mail log cannot be read: \($0)") }
    }

    /// Submits the message to the host's own port 25, as from the host itself.
    package func submit(_ message: OutgoingMessage, watching: WatchRequest?) async throws(Failure) -> Submitted {
        state.withLock { $0.lines = [] }
        let stream = try await surroundings.submission()
        var submission = MailSubmission(over: stream)
        do throws(Failure) {
            let refusal = try await submission.hand(message)
            await stream.close()
            if let refusal { return .refused(refusal) }
        } catch {
            await stream.close()
            throw error
        }
        guard let watching else { return .taken(printed: [], log: nil) }
        return .taken(printed: [], log: try await watch(watching))
    }

    /// Reads the last lines of the log again and again, as its interface has no other way to follow it.
    package func watch(_ request: WatchRequest) async throws(Failure) -> LogAnswer {
        let end = ContinuousClock.now + .seconds(request.seconds)
        while true {
            let answer = try await caller.call(interface.log, lastLines(Self.lineCount))
            if let trouble = answer.trouble { return .unreadable(trouble) }
            let rows = (answer.result?["viewport"]?.list ?? []).compactMap { $0["content"]?.text }
            let lines = remembering(request.watch.wanted(of: rows.map(Printable.line)))
            if request.watch.isMet(by: lines) || .now >= end { return .lines(lines) }
            do { try await Task.sleep(for: .milliseconds(500)) } catch {
                throw Failure("the wait for the log was cancelled")
            }
        }
    }

    /// All matching lines so far: on a busy server they do not stay among the last ones.
    private func remembering(_ lines: [String]) -> [String] {
        state.withLock { state in
            state.lines += lines.filter { !state.lines.contains($0) }
            return state.lines
        }
    }

    private func lastLines(_ count: Int) -> APIValue {
        .object(["logName": .text("mail"), "fromLine": .integer(-1), "countLines": .integer(count)])
    }

    /// About a hundred messages.
    private static let lineCount = 300

    /// Calls the method that is the command's first word, with the queue ids behind it.
    package func clearAway(_ command: Command) async throws(Failure) {
        guard let method = command.words.first else { return }
        let ids = command.words.dropFirst().map { APIValue.text($0) }
        _ = try await caller.call(method, .object(["messageIds": .list(ids)]))
    }

    package func resolves(_ host: String, to address: String) async throws(Failure) -> Bool {
        try await surroundings.resolves(host, address)
    }
}
