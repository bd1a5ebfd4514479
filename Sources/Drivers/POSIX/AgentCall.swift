package import MTAPlan

/// One call of a function of `agent.sh`, with the bytes that follow it.
package struct AgentCall: Sendable, Equatable {
    package let words: [String]
    package let payload: [UInt8]?
    /// The command that the host is to run with it, if that is what it is for.
    package let command: Command?

    package init(_ words: [String], payload: [UInt8]? = nil) {
        self.words = words
        self.payload = payload
        command = nil
    }

    package init(_ words: [String], _ command: Command) {
        self.words = words + command.words
        payload = nil
        self.command = command
    }

    package var verb: String { words[0] }

    /// Whether the agent can read it: a line break in a word would end the call, and with it the session.
    package var isReadable: Bool { words.allSatisfy { !$0.utf8.contains { $0 == 0x0A || $0 == 0 } } }

    /// As it goes to the agent: one line of shell words, then the payload.
    package var bytes: [UInt8] {
        Array(words.map(\.shellQuoted).joined(separator: " ").utf8) + [UInt8(ascii: "\n")] + (payload ?? [])
    }
}

/// What the agent answered to one call.
package struct AgentReply: Sendable, Equatable {
    package enum Ending: Sendable, Equatable {
        case done([String])
        case failed(code: String, why: String)
        case skipped
    }

    package var ending: Ending
    /// The bodies that came before the ending, by name.
    package var bodies: [String: [UInt8]]
    /// Lines that came before the ending, as words: `run …`, `state …`, `step …`.
    package var lines: [[String]]
}
