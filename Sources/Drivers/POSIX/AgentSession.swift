package import MTAPlan

/// A conversation with one running `agent.sh`.
///
/// Calls may be sent many at once; they are answered in order.
package actor AgentSession {
    private let shell: any Shell
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

    /// Waits until an agent that was sent is ready.
    ///
    /// `progress`: Told the words of each `step` line as it comes.
    ///
    /// - Throws: When there is no POSIX shell, or it prints something else for too long.
    package init(
        _ sent: SentAgent,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Failure) {
        shell = sent.shell
        opensRuns = sent.opensRuns
        self.progress = progress
        frames = FrameParser(nonce: sent.nonce, limit: 64 << 20)
        waiting = try frames.append(sent.heard)
        try await sent.wholly()
        let end = ContinuousClock.now + Self.patience
        while true {
            guard case .line(let words) = try await frame(within: Self.patience, before: end) else { continue }
            guard words.first == "ready" else { continue }
            takesText = words.last == "text"
            return
        }
    }

    /// Sends the agent and waits until it is ready.
    ///
    /// `opensRuns`: Whether runs are to be opened.
    ///
    /// - Throws: As the other.
    package init(
        on shell: any Shell,
        nonce: String,
        backups: String = AgentSession.backups,
        opensRuns: Bool = false,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Failure) {
        let sent = SentAgent(to: shell, nonce: nonce, backups: backups, opensRuns: opensRuns)
        try await self.init(sent, progress: progress)
    }

    /// - Throws: Before anything is sent, where a call has a word that the agent could not read.
    package func send(_ calls: [AgentCall]) async throws(Failure) {
        if let call = calls.first(where: { !$0.isReadable }) { throw .unreadable(call) }
        // In one piece, and answered in few: each would cost a packet of its own, on both sides.
        let lean = opensRuns ? calls.map { $0.verb == "open" ? $0.withoutPayload : $0 } : calls
        let calls = takesText ? lean.map(\.inText) : lean
        let framed = calls.count > 1 ? [AgentCall(["hold"])] + calls + [AgentCall(["release"])] : calls
        try await shell.write(AgentCall.batch(of: framed) ?? framed.flatMap(\.bytes))
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
