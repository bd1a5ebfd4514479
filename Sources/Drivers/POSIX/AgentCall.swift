package import MTAPlan

/// One call of a function of `agent.sh`, with the bytes that follow it.
package struct AgentCall: Sendable, Equatable {
    package let words: [String]
    package let payload: [UInt8]?
    /// The command that the host is to run with it, if that is what it is for.
    package let command: Command?
    /// What the command is to print, of `prints`; empty where only its hash is known.
    private let output: String

    package init(_ words: [String], payload: [UInt8]? = nil) {
        self.words = words
        self.payload = payload
        command = nil
        output = ""
    }

    package init(_ words: [String], _ command: Command, printing output: String = "") {
        self.words = words + command.words
        payload = nil
        self.command = command
        self.output = output
    }

    package var verb: String { words[0] }

    /// Whether the agent can read it: a line break in a word would end the call, and with it the session.
    package var isReadable: Bool { words.allSatisfy { !$0.utf8.contains { $0 == 0x0A || $0 == 0 } } }

    /// As it goes to the agent: one line of shell words, then the payload.
    package var bytes: [UInt8] {
        Array(words.map(\.shellQuoted).joined(separator: " ").utf8) + [UInt8(ascii: "\n")] + (payload ?? [])
    }
}

extension AgentCall {
    /// The same call, of whose payload nothing follows: its last word is how many bytes do.
    var withoutPayload: AgentCall { payload == nil ? self : AgentCall(words.dropLast() + ["0"]) }

    /// More than this goes as bytes, which a program takes: bash reads its own program a byte at a time, too.
    private static let mostText = 32768

    /// The same call with its text as a word, which costs no program on the host; itself where it has none, or too much.
    package var inText: AgentCall {
        // The restore program is not what a run is about: where it comes with a call, it comes as bytes.
        if verb != "open", let payload {
            if payload.isEmpty { return AgentCall(words) }
            if let text = Self.escaped(payload) { return AgentCall(["with", text] + words) }
        }
        if verb == "prints", let command, !output.isEmpty, let text = Self.escaped(Array(output.utf8)) {
            return AgentCall(["says", text], command)
        }
        return self
    }

    /// The calls as a part of the program, which the shell reads completely before it performs any; `nil` where there is
    /// a payload among them.
    static func script(of calls: [AgentCall]) -> [UInt8]? {
        guard calls.allSatisfy({ $0.payload == nil }) else { return nil }
        let lines = calls.flatMap { Array("call ".utf8) + $0.bytes }
        return Array("calls_may_follow && {\n".utf8) + lines + Array("} </dev/null\n".utf8)
    }

    /// On one line, as printf(1) takes it for `%b`; `nil` for what is not text.
    private static func escaped(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= mostText, bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A || $0 == 0x09 }) else { return nil }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): escaped += #"\\"#.utf8
            case 0x0A: escaped += #"\n"#.utf8
            default: escaped.append(byte)
            }
        }
        return String(validating: escaped, as: UTF8.self)
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
