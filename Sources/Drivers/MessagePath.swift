package import MTAPlan

/// How a test message is handed to a site and followed there.
package protocol MessagePath: Sendable {
    /// Remembers where the log is now, for a message that is sent without a change before it.
    ///
    /// `seconds`: How far back lines count, too.
    ///
    /// - Returns: Why the log cannot be read, or `nil`.
    func mark(_ log: LogSource, back seconds: Int) async throws(Failure) -> Failure?

    /// Hands a message to the site's own submission path.
    ///
    /// `watching`: What to look for in the log in the same round trip, where that is known beforehand.
    func submit(_ message: OutgoingMessage, watching: WatchRequest?) async throws(Failure) -> Submitted

    /// Reads the log until the watch is met or its time is over.
    func watch(_ request: WatchRequest) async throws(Failure) -> LogAnswer

    /// Takes a message out of the queue, or clears away what it left; what comes of it changes nothing.
    func clearAway(_ command: Command) async throws(Failure)

    /// Whether the site's resolver leads from a name to an address.
    func resolves(_ host: String, to address: String) async throws(Failure) -> Bool
}

/// A message and its envelope.
package struct OutgoingMessage: Sendable {
    package var from: String
    package var to: String
    package var bytes: [UInt8]
    /// For `sendmail`, before the others.
    package var words: [String]
    /// What takes it in place of `sendmail`.
    package var program: Command?

    package init(from: String, to: String, bytes: [UInt8], words: [String] = [], program: Command? = nil) {
        self.from = from
        self.to = to
        self.bytes = bytes
        self.words = words
        self.program = program
    }
}

/// A message that is to be handed in, and what is then looked for in the log.
package struct AnnouncedMessage: Sendable {
    package var message: OutgoingMessage
    package var watching: WatchRequest?

    package init(_ message: OutgoingMessage, watching: WatchRequest?) {
        self.message = message
        self.watching = watching
    }
}

/// What is looked for in the log, for how many seconds.
package struct WatchRequest: Sendable, Equatable {
    package var watch: Watch
    package var seconds: Int

    package init(_ watch: Watch, seconds: Int) {
        self.watch = watch
        self.seconds = seconds
    }
}

package enum Submitted: Sendable, Equatable {
    /// `printed`: By `sendmail`, one line each. `log`: Where a watch came with the message.
    case taken(printed: [String], log: LogAnswer?)
    /// In the words of `sendmail`.
    case refused(String)
}

package enum LogAnswer: Sendable, Equatable {
    case lines([String])
    /// With the reason.
    case unreadable(String)
}
