package import MTAPlan

/// A conversation with one running `agent.sh`.
///
/// Calls may be sent many at once; they are answered in order.
package actor AgentSession {
    /// How far the agent's program has come.
    private enum Stage {
        /// It was sent, and reads on: calls may still be a part of it.
        case sent(SentAgent)
        /// These calls were sent as a part of it.
        case performing([AgentCall])
        /// It reads calls.
        case serving
    }

    private let shell: any Shell
    private var stage: Stage
    private var frames: FrameParser
    private var waiting: [Frame] = []
    private var errors: [UInt8] = []
    /// Whether the host's shell takes text as words of calls: one whose printf is a program would show them to everybody.
    private var takesText = false
    private let progress: @Sendable (String) -> Void
    /// Whether the host has the restore program already.
    private let opensRuns: Bool
    /// The message that was sent along with a change, and whose answers were not read yet.
    private var submitted: [UInt8]?

    /// The folder on hosts that holds what mtactl keeps there.
    package static let backups = "/var/backups/mtactl"

    /// How long the agent may say nothing, besides what the call itself allows.
    private static let patience = Duration.seconds(90)
    /// How many times that it may take for one call, however much it says meanwhile.
    private static let patienceInAll = 4
    /// More lines than any honest answer has.
    private static let mostLines = 10_000

    /// Talks to an agent that was sent, and waits for nothing.
    ///
    /// `progress`: Told the words of each `step` line as it comes.
    package init(_ sent: SentAgent, progress: @escaping @Sendable (String) -> Void = { _ in }) {
        shell = sent.shell
        stage = .sent(sent)
        opensRuns = sent.opensRuns
        self.progress = progress
        frames = FrameParser(nonce: sent.nonce, limit: 64 << 20)
    }

    /// Sends the agent and waits until it is ready.
    ///
    /// `opensRuns`: Whether runs are to be opened.
    ///
    /// - Throws: When there is no POSIX shell, or it prints something else for too long.
    package init(
        on shell: any Shell,
        nonce: String,
        backups: String = AgentSession.backups,
        opensRuns: Bool = false,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Failure) {
        let sent = SentAgent(to: shell, nonce: nonce, backups: backups, opensRuns: opensRuns)
        self.init(sent, progress: progress)
        try await serve(sent)
        try await untilServing()
    }

    /// The first calls travel as a part of the program where they can, and do not wait for its first answer.
    ///
    /// - Throws: Before anything is sent, where a call has a word that the agent could not read; when there is no POSIX
    ///   shell, or it prints something else for too long.
    package func send(_ calls: [AgentCall]) async throws(Failure) {
        if let call = calls.first(where: { !$0.isReadable }) { throw .unreadable(call) }
        if case .sent(let sent) = stage {
            if calls.count > 1, let script = AgentCall.script(of: framed(calls, asText: true)) {
                return try await serve(sent, after: calls, as: script)
            }
            try await serve(sent)
        }
        try await untilServing()
        try await shell.write(framed(calls, asText: takesText).flatMap(\.bytes))
    }

    /// Whether no call was sent yet, so that nothing can have changed.
    var isUntouched: Bool {
        switch stage {
        case .sent, .performing([]): true
        case .performing, .serving: false
        }
    }

    /// In one piece, and answered in few: each would cost a packet of its own, on both sides.
    private func framed(_ calls: [AgentCall], asText: Bool) -> [AgentCall] {
        let lean = opensRuns ? calls.map { $0.verb == "open" ? $0.withoutPayload : $0 } : calls
        let calls = asText ? lean.map(\.inText) : lean
        return calls.count > 1 ? [AgentCall(["hold"])] + calls + [AgentCall(["release"])] : calls
    }

    /// Ends the program with these calls, and has it read others after them.
    private func serve(
        _ sent: SentAgent,
        after calls: [AgentCall] = [],
        as script: [UInt8] = []
    ) async throws(Failure) {
        waiting = try frames.append(sent.heard)
        try await sent.wholly()
        stage = .performing(calls)
        try await shell.write(script + Array("serve\n".utf8))
    }

    /// Waits until the agent reads calls; what it answers before that is kept.
    private func untilServing() async throws(Failure) {
        let end = ContinuousClock.now + Self.patience * Self.patienceInAll
        var kept: [Frame] = []
        while case .performing = stage {
            let next = try await nextFrame(within: Self.patience, before: end)
            if try await !heed(next) { kept.append(next) }
            guard kept.count < Self.mostLines else { throw .endless }
        }
        waiting = kept + waiting
    }

    /// Whether the frame tells how far the program has come, and answers no call.
    private func heed(_ frame: Frame) async throws(Failure) -> Bool {
        guard case .performing(let calls) = stage, case .line(let words) = frame else { return false }
        switch words.first {
        case "ready":
            takesText = words.last == "text"
            stage = .serving
            // The host cannot take calls as text, so it has performed none of them.
            if !takesText, !calls.isEmpty { try await shell.write(framed(calls, asText: false).flatMap(\.bytes)) }
            return true
        case "unread": return true
        default: return false
        }
    }

    package func call(
        _ call: AgentCall,
        within patience: Duration = AgentSession.patience
    ) async throws(Failure) -> AgentReply {
        try await send([call])
        return try await reply(within: patience)
    }

    /// Remembers which message was sent along with a change, by its bytes: no two are the same.
    func remember(submitted message: [UInt8]?) { submitted = message }

    /// Whether the message was sent along, so that only its answers are to be read; whoever is told so reads them.
    func claimAnswers(to message: [UInt8]) -> Bool {
        defer { submitted = nil }
        return submitted == message
    }

    /// The answer to the oldest call that has none yet.
    package func reply(within patience: Duration = AgentSession.patience) async throws(Failure) -> AgentReply {
        var reply = AgentReply(ending: .skipped, bodies: [:], lines: [])
        let end = ContinuousClock.now + patience * Self.patienceInAll
        while true {
            switch try await frame(within: patience, before: end) {
            case .body(let name, let bytes, _):
                reply.bodies[name] = bytes
            case .line(let words):
                switch words.first {
                case "done":
                    reply.ending = .done(Array(words.dropFirst(2)))
                    return reply
                case "failed":
                    let why = Printable.text(reply.bodies["why"] ?? []).trimmed
                    reply.ending = .failed(code: words.count > 2 ? words[2] : "", why: why)
                    return reply
                case "skipped":
                    return reply
                case "step":
                    progress(Printable.line(words.dropFirst().joined(separator: " ")))
                default:
                    guard reply.lines.count < Self.mostLines else { throw .endless }
                    reply.lines.append(words)
                }
            }
        }
    }

    /// How the agent put the host back, which follows a failed call of a transaction.
    package func undone() async throws(Failure) -> Undone {
        var report: RestoreReport?
        let end = ContinuousClock.now + Self.patience * Self.patienceInAll
        while true {
            switch try await frame(within: Self.patience, before: end) {
            case .body("restore", let bytes, _): report = RestoreReport(bytes)
            case .line(let words) where words.first == "undone":
                switch words.dropFirst().first {
                case "refused": return .nothingWasChanged
                case "restored": return .restored
                default: return .stranded(Failure(report?.trouble ?? "the host did not say why"))
                }
            case .body, .line: continue
            }
        }
    }

    private func frame(within patience: Duration, before end: ContinuousClock.Instant) async throws(Failure) -> Frame {
        while true {
            let next = try await nextFrame(within: patience, before: end)
            if try await !heed(next) { return next }
        }
    }

    private func nextFrame(
        within patience: Duration,
        before end: ContinuousClock.Instant
    ) async throws(Failure) -> Frame {
        while waiting.isEmpty {
            let left = end - .now
            guard left > .zero else { throw .endless }
            switch try await shell.read(within: min(patience, left)) {
            case .output(let bytes): waiting = try frames.append(bytes)
            case .errors(let bytes): errors = (errors + bytes).suffix(2000)
            case nil: throw .ended(saying: errors)
            }
        }
        return waiting.removeFirst()
    }
}

/// A program with the two lines that it is started by.
package enum Program {
    package static func text(_ program: [UInt8], nonce: String, backups: String) -> [UInt8] {
        Array("N=\(nonce)\nB=\(backups.shellQuoted)\n".utf8) + program
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}

extension Failure {
    fileprivate static let endless = Failure(
        "the host keeps printing but never answers",
        hint: "log in by hand and check what its shell prints"
    )

    fileprivate static func unreadable(_ call: AgentCall) -> Failure {
        Failure(
            "the host cannot be sent `\(Printable.line(call.words.joined(separator: " ")))`: it is more than one line",
            hint: "give the file or the run a name on one line"
        )
    }

    fileprivate static func ended(saying words: [UInt8]) -> Failure {
        let said = Printable.text(words).split(separator: "\n").last.map(String.init)
        return Failure(
            "the connection ended before the host had answered" + (said.map { "; its last output: \($0)" } ?? "")
        )
    }
}
