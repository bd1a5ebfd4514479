/// What mtactl writes behind the description of a relay rule, so that a later mtactl knows what a run did to it.
///
///     [mtactl 20261121T184002Z-7f3a new pending 1a2b3c4d by=anna@laptop]
///
/// A rule of ours whose run is forgotten has `[mtactl]`.
package struct RuleMark: Sendable, Hashable {
    package var run: String
    package var part: Part
    package var isConfirmed: Bool
    /// Of the rule as the run left it: the first characters of `RelayRule.digest`.
    package var digest: String
    /// `anna@laptop`; empty where that is not written down.
    package var startedBy: String
    /// Whether the run switched TLS on for the whole server.
    package var switchedTLSOn: Bool

    package enum Part: String, Sendable, Hashable {
        /// The run created the rule.
        case new
        /// The run switched it off.
        case off
        /// The run switched it on, which another had switched off.
        case on
    }

    package init(
        run: String,
        _ part: Part,
        isConfirmed: Bool = false,
        digest: String = "",
        startedBy: String = "",
        switchedTLSOn: Bool = false
    ) {
        self.run = run
        self.part = part
        self.isConfirmed = isConfirmed
        self.digest = digest
        self.startedBy = Self.word(startedBy)
        self.switchedTLSOn = switchedTLSOn
    }

    package static let own = "[mtactl]"

    package var text: String {
        let words =
            ["mtactl", run, part.rawValue, isConfirmed ? "confirmed" : "pending", digest]
            + (startedBy.isEmpty ? [] : ["by=\(startedBy)"]) + (switchedTLSOn ? ["tls"] : [])
        return "[\(words.joined(separator: " "))]"
    }

    /// - Returns: `nil` where this is no mark of ours.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix("[mtactl "), text.hasSuffix("]") else { return nil }
        let inner = String(text).dropFirst().dropLast()
        let words = inner.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count >= 5, Self.isRun(words[1]), let part = Part(rawValue: words[2]),
            ["pending", "confirmed"].contains(words[3]), words[4].utf8.count == 8,
            words[4].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.init(run: words[1], part, isConfirmed: words[3] == "confirmed", digest: words[4])
        for word in words.dropFirst(5) {
            let person = String(word.dropFirst(3))
            if word == "tls" {
                switchedTLSOn = true
            } else if word.hasPrefix("by="), Self.word(person) == person {
                startedBy = person
            } else {
                return nil
            }
        }
    }

    /// As `RunID` has them: `20261121T184002Z-7f3a`.
    private static func isRun(_ text: String) -> Bool {
        let pattern = Array("00000000T000000Z-xxxx".utf8)
        return text.utf8.count == pattern.count
            && zip(text.utf8, pattern).allSatisfy { byte, kind in
                switch kind {
                case UInt8(ascii: "0"): (0x30...0x39).contains(byte)
                case UInt8(ascii: "x"): (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                default: byte == kind
                }
            }
    }

    /// What of a name can be in a mark.
    private static func word(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                        || "._@-".unicodeScalars.contains(scalar))
            }
            .prefix(40).map(Character.init)
        )
    }
}

/// A description as it is in a rule: what people wrote, and marks behind it.
package struct RuleDescription: Sendable, Hashable {
    package var title: String
    /// Oldest first.
    package var marks: [RuleMark]
    /// Whether the rule is ours though the run that made it is forgotten.
    package var isOwn: Bool

    package init(title: String, marks: [RuleMark] = [], isOwn: Bool = false) {
        self.title = title
        self.marks = marks
        self.isOwn = isOwn
    }

    package init(_ text: String) {
        self.init(title: text)
        while title.hasSuffix("]"), let start = title.range(ofLast: "[mtactl") {
            let piece = title[start...]
            let before = title[..<start]
            guard before.isEmpty || before.hasSuffix(" ") else { return }
            if piece == RuleMark.own {
                isOwn = true
            } else if let mark = RuleMark(piece) {
                marks.insert(mark, at: 0)
            } else {
                return
            }
            title = String(before.dropLast())
        }
    }

    package var text: String {
        let pieces = (isOwn ? [RuleMark.own] : []) + marks.map(\.text)
        if pieces.isEmpty { return title }
        return (title.isEmpty ? "" : title + " ") + pieces.joined(separator: " ")
    }
}

extension String {
    /// Where the last of several begins.
    fileprivate func range(ofLast words: String) -> String.Index? { ranges(of: words).last?.lowerBound }
}
