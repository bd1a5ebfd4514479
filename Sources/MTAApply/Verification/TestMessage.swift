package import Drivers
internal import MTAPlan

/// The message that proves a route, with a Message-ID that no other message has.
package struct TestMessage: Sendable, Equatable {
    /// Without angle brackets.
    package let messageID: String
    package let bytes: [UInt8]

    /// `token`: Letters and digits that nobody can have guessed.
    ///
    /// `date`: As RFC 5322, section 3.3, wants it.
    package init(from: String, to: String, run: RunID, token: String, date: String) {
        let domain = from.split(separator: "@").last.map(String.init) ?? "localhost"
        messageID = "mtactl-\(run.text)-\(token)@\(domain)"
        let headers = [
            "From: <\(from)>",
            "To: <\(to)>",
            "Subject: mtactl test message \(run.text)",
            "Date: \(date)",
            "Message-ID: <\(messageID)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
        ]
        let body = [
            "This message shows which route mail takes when it leaves a server.",
            "It was sent by mtactl, started by \(run.startedBy). You can ignore it.",
        ]
        // A line break in a value would start a header of its own.
        let safe = headers.map { $0.filter { !$0.isNewline } }
        bytes = Array((safe + [""] + body + [""]).joined(separator: "\n").utf8)
    }
}
