internal import Foundation
package import MTAPlan

/// What a script of ours has written, and somebody has sent back.
///
/// Whoever had the file may have changed it: it is read as data with bounds, and says no more than what a person says
/// who tells how it went.
package struct ScriptAnswer: Sendable {
    package enum Action: String, Sendable {
        case facts, check, apply, verify, undo
    }

    /// Of the script: a name that `RunID.isName` takes.
    package let run: String
    /// The host's name in the inventory.
    package let site: String
    package let action: Action
    /// `EX01`, and who ran the script there.
    package let computer: String
    package let user: String
    /// What is in place of `{TOKEN}` in the test message.
    let token: String
    /// The script's own word for how it ended, and why.
    let result: String
    let reason: String
    private let frame: [UInt8]

    /// No script of ours writes more.
    package static let most = 32 << 20

    /// - Throws: When it is not an answer of a script, is not whole, or is larger than any of them.
    package init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Self.most else { throw .notAnAnswer }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard bytes.starts(with: "mtactl-answer 1".utf8), let start = bytes.firstRange(of: Array("<<MTACTL:".utf8))
        else { throw .notAnAnswer }
        let fields = Self.fields(bytes[..<start.lowerBound])
        guard let run = fields["run"], RunID.isName(run), let site = fields["site"], !site.isEmpty,
            let action = fields["action"].flatMap(Action.init)
        else { throw .notAnAnswer }
        self.run = run
        self.site = site
        self.action = action
        computer = fields["computer"] ?? ""
        user = fields["user"] ?? ""
        let token = fields["token"] ?? ""
        self.token = token.count == 8 && token.allSatisfy(\.isHexDigit) ? token : ""
        result = fields["result"] ?? ""
        reason = Printable.line(
            Base64.decoded(fields["reason"] ?? "").map { String(decoding: $0, as: UTF8.self) } ?? ""
        )
        // A mail program may have wrapped it.
        frame = bytes[start.lowerBound...].filter { $0 > 0x20 }
    }

    /// `NAME VALUE`, one line each; of a name the first counts.
    private static func fields(_ head: ArraySlice<UInt8>) -> [String: String] {
        let lines = head.prefix(64 << 10).split { $0 == 0x0A || $0 == 0x0D }.prefix(32)
        let pairs = lines.compactMap { line -> (String, String)? in
            let text = Printable.line(String(decoding: line, as: UTF8.self))
            guard let space = text.firstIndex(of: " ") else { return nil }
            return (String(text[..<space]), String(text[text.index(after: space)...]))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The results of the calls of the script, as far as it came.
    func answer(of calls: [ExecutorCall]) throws(Failure) -> ExecutorAnswer {
        try ExecutorAnswer(output: frame, nonce: run, calls: calls, isPart: true)
    }

    /// The facts that a host was asked for.
    package func facts(asking questions: WindowsQuestions) throws(Failure) -> Facts {
        try questions.facts(in: try answer(of: questions.calls(for: .survey)), for: .survey)
    }

    /// What the log of the test message told, for the tracer of `messageID(of:)`.
    package func log(of message: ScriptMessage, _ watch: Watch) throws(Failure) -> LogAnswer {
        let answer = try answer(of: message.calls)
        if let trouble = answer.trouble("pickup") { throw trouble.failure("handing the test message over") }
        return PowerShellDriver.log(in: answer, watch, own: message.servers.first)
    }

    /// The Message-ID that the script has made, without angle brackets.
    package func messageID(of message: ScriptMessage) -> String {
        message.messageID.replacing("{TOKEN}", with: token)
    }
}

extension Failure {
    fileprivate static let notAnAnswer = Failure(
        "this is not a complete answer of one of mtactl's scripts",
        hint: "a script writes HOST.facts.answer, HOST.check.answer and so on beside itself"
    )
}
