/// A smarthost that does not take a message yet, as one that greylists: neither yes nor no, so it is asked again.
///
/// RFC 5321, section 4.2.1: 4yz is for a moment. RFC 6647, section 5: greylisting answers RCPT or the end of DATA with it.
package enum TryLater {
    /// Whether these are a smarthost's words of that kind.
    ///
    /// Not what is said before there is a recipient: a smarthost that is busy, has no TLS, or doubts the login may say so
    /// for hours, and the change is what has to be looked at then.
    package static func isAsked(in reply: String) -> Bool {
        guard let code = reply.firstMatch(of: /(?:^|[^0-9.])([245][0-9][0-9])(?:[ _-]|$)/)?.1 else { return false }
        return ["450", "451", "452"].contains(code) && !earlier.contains { reply.contains($0) }
    }

    /// Whether a provider says for good that it does not relay for this host, as it does until it has heard of it.
    package static func isUnknownYet(in reply: String) -> Bool {
        let words = reply.lowercased()
        return ["open relay not allowed", "relay access denied", "relaying denied", "relay not permitted"].contains {
            words.contains($0)
        }
    }

    /// How mail servers name what comes before RCPT.
    private static let earlier = [
        "MAIL FROM", "EHLO", "HELO", "AUTH", "STARTTLS", "TLS negotiation", "initial connection", "greeting failed",
        "refused to talk to me", "sender was rejected", "535 ",
    ]

    /// How long is waited before each new attempt: five seconds, then twice as long each time, up to a minute.
    package struct Pauses: Sendable {
        private var next = 5

        package init() {}

        /// The next wait in seconds, or `nil` where too little is left for another attempt.
        ///
        /// `left`: Seconds. Three of them are kept for the answer.
        package mutating func next(of left: Int) -> Int? {
            guard left >= 4 else { return nil }
            defer { next = min(60, next * 2) }
            return min(next, left - 3)
        }
    }
}
