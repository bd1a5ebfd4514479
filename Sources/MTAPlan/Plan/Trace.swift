/// How a test message is followed through one mail server, from `sendmail` to the next hop's answer.
package struct Trace: Sendable {
    /// Where the server logs deliveries, or `nil` where that cannot be determined.
    package var log: @Sendable (Facts) -> LogSource?

    /// Follows the message through the log.
    package var tracer: @Sendable (SentMessage) -> any Tracer

    /// The word by which the log names the message; `nil` where it has none, and the message is told by other marks.
    package var mark: @Sendable (SentMessage) -> String?

    /// Takes a message on standard input and its sender and recipient as the last arguments, in place of `sendmail`; `nil`
    /// where the server has a `sendmail`.
    package var submission: @Sendable (Facts) -> Command?

    /// Words for `sendmail` by which the message is known, or its way told, where the log alone does neither.
    package var submissionWords: @Sendable (SentMessage) -> [String]

    /// Takes a message out of the queue; `nil` where there is no queue.
    package var discard: (@Sendable (_ queueID: String) -> Command)?

    /// Makes the server try a message of the queue again at once, and no other; `nil` where it has no such command, and its
    /// own schedule is waited for.
    package var retry: (@Sendable (_ queueID: String) -> Command)?

    /// Clears away what a message leaves on the host that `sendmail` did not take; `nil` where it leaves nothing.
    package var leftover: Command?

    /// How many seconds before the message lines of the log may be about it, as connections stay open for the next one.
    package var lookBack: Int

    /// What the server's own words mean, where a smarthost's or the system's do not say it themselves.
    package var hints: [Hint]

    /// Why `log` has none, where it is no log file that a host may lack.
    package var unproved: Failure?

    package init(
        log: @escaping @Sendable (Facts) -> LogSource?,
        submission: @escaping @Sendable (Facts) -> Command? = { _ in nil },
        tracer: @escaping @Sendable (SentMessage) -> any Tracer,
        mark: @escaping @Sendable (SentMessage) -> String? = { $0.messageID },
        submissionWords: @escaping @Sendable (SentMessage) -> [String] = { _ in [] },
        discard: (@Sendable (_ queueID: String) -> Command)?,
        retry: (@Sendable (_ queueID: String) -> Command)? = nil,
        leftover: Command? = nil,
        lookBack: Int = 0,
        hints: [Hint] = [],
        unproved: Failure? = nil
    ) {
        self.log = log
        self.submission = submission
        self.tracer = tracer
        self.mark = mark
        self.submissionWords = submissionWords
        self.discard = discard
        self.retry = retry
        self.leftover = leftover
        self.lookBack = lookBack
        self.hints = hints
        self.unproved = unproved
    }

    /// What to try next, by what the log says; `nil` where it says nothing that is known.
    package func hint(for reply: String) -> String? { hints.first { reply.contains($0.words) }?.advice }

    /// What to try next where a reply has certain words.
    package struct Hint: Sendable, Hashable {
        package var words: String
        package var advice: String

        package init(_ words: String, _ advice: String) {
            self.words = words
            self.advice = advice
        }
    }
}

extension Trace.Hint {
    /// Where nobody answers.
    package static func port(_ words: String) -> Self {
        Self(words, "is the smarthost's port correct, and does it accept this host?")
    }

    /// Where nothing comes back.
    package static func firewall(_ words: String) -> Self {
        Self(words, "is the smarthost's port correct, and does a firewall let this host through?")
    }

    package static func login(_ words: String) -> Self { Self(words, "are the user name and the password correct?") }

    package static func later(_ words: String) -> Self {
        Self(words, "the smarthost asks to try again later: run apply again then")
    }

    /// SMTP's codes (RFC 5321, RFC 4954) and the system's own errors, as most servers pass them on.
    package static let common: [Self] = [
        Self("certificate", "the certificate must name the smarthost and come from an authority that the host trusts"),
        port("Connection refused"), firewall("timed out"), firewall("unreachable"), login("535 "),
        Self("530 ", "the smarthost requires a login: are the user name and the password correct?"),
    ]
}

/// Where to get log lines.
package enum LogSource: Sendable, Hashable, Codable {
    /// systemd's journal, facility mail: what root or one of these users wrote, as anybody may write anything there.
    case journal(by: [String])
    case file(String)
    /// Files that begin and end so, one after another in the order of their names: `sYYYYMMDD-NN.log`.
    case series(prefix: String, suffix: String)
    /// What `sendmail` prints itself when it takes a message: of programs that send it on before they return.
    case submission
    /// Exchange's message tracking log on these servers; messages are handed over in the host's pickup folder.
    case tracking(servers: [String], pickup: String)
    /// The product's own mail log, as its administration interface gives it out.
    case administration
}
