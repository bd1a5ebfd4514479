/// A message that is put to a mail server in thought, to learn how it would be handled.
package struct Probe: Sendable, Hashable {
    /// Of the envelope; empty for a bounce.
    package var sender: String
    package var recipient: String
    package var origin: Origin

    /// How the message comes to the host.
    package enum Origin: Sendable, Hashable {
        /// Through `sendmail`.
        case local
        /// Over SMTP, by a client that is no part of the host.
        case outside
        /// From a content filter that was given it before.
        case filter
        /// Redirected by a rule of the host's own, as an alias is; of this name, where rules have names.
        case forwarded(by: String)

        package var isForwarded: Bool { if case .forwarded = self { true } else { false } }
    }

    package init(from sender: String, to recipient: String, origin: Origin = .local) {
        self.sender = sender
        self.recipient = recipient
        self.origin = origin
    }
}

extension Probe: CustomStringConvertible {
    package var description: String {
        let from = sender.isEmpty ? "the empty sender" : "`\(Printable.line(sender))`"
        return "mail from \(from) to `\(Printable.line(recipient))`, \(origin.words)"
    }
}

extension Probe.Origin {
    package var words: String {
        switch self {
        case .local: "submitted on the host"
        case .outside: "from outside"
        case .filter: "back from a filter"
        case .forwarded(let rule): rule.isEmpty ? "forwarded by the host" : "forwarded by `\(Printable.line(rule))`"
        }
    }
}
