/// One line of Exim's main log, whatever is before its own part.
///
/// Any bytes may come: what does not fit is not a line, and nothing else happens.
///
/// Source: Exim specification, chapter 53, "Log files"; lines of 4.96 and 4.98.2, as written to a file and by syslog.
struct EximLogLine: Sendable, Equatable {
    /// `1tEABC-0000Xy-2R`, or of 23 characters since 4.97.
    var id: String
    /// `<=`, `=>`, `->`, `>>`, `*>`, `**`, `==`, or the first word of another line: `Completed`.
    var flag: Substring
    /// What follows the flag.
    var rest: Substring

    /// - Parameter line: As in `2026-11-21 18:40:02 1tEABC-0000Xy-2R => …`, with a zone, a process id or syslog's
    ///   words before the id.
    init?(_ line: String) {
        // The id comes early: what a server said, or a subject, may have the form of one.
        for word in line.split(separator: " ", maxSplits: 12).prefix(10) where Self.isID(word) {
            let after = line[word.endIndex...].drop { $0 == " " }
            id = String(word)
            flag = after.prefix { $0 != " " }
            rest = after[flag.endIndex...].drop { $0 == " " }
            return
        }
        return nil
    }

    /// Since 4.97 ids have 6-11-4 characters, before they had 6-6-2.
    static func isID(_ word: some StringProtocol) -> Bool {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, [[6, 6, 2], [6, 11, 4]].contains(parts.map(\.utf8.count)) else { return false }
        return parts.allSatisfy { part in
            part.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
        }
    }

    /// A delivery, a failure or a deferral of one address.
    var isAttempt: Bool { ["=>", "->", ">>", "*>", "**", "=="].contains(flag) }

    /// The value of a field such as `T=remote_smtp`; of several, the first.
    ///
    /// A value in quotes keeps its escapes.
    func field(_ name: String) -> Substring? {
        guard let start = rest.range(ofASCII: " \(name)=")?.upperBound else { return nil }
        let value = rest[start...]
        guard value.first == "\"" else {
            let word = value.prefix { $0 != " " }
            // Before the reason is a colon.
            return word.last == ":" ? word.dropLast() : word
        }
        var end = value.index(after: value.startIndex)
        while end < value.endIndex, value[end] != "\"" {
            end = value.index(end, offsetBy: value[end] == "\\" ? 2 : 1, limitedBy: value.endIndex) ?? value.endIndex
        }
        return value[value.index(after: value.startIndex)..<end]
    }

    /// The next hop of `H=outgoing.example.net [192.0.2.1]:587*`; `*` says that the connection was there already.
    var host: (name: Substring, address: Substring, port: Int?, isReused: Bool)? {
        guard let start = rest.range(ofASCII: " H=")?.upperBound else { return nil }
        let name = rest[start...].prefix { $0 != " " }
        let open = rest[name.endIndex...].drop { $0 == " " }
        guard open.first == "[", let close = open.firstIndex(of: "]") else { return nil }
        let tail = open[open.index(after: close)...]
        let digits = tail.hasPrefix(":") ? tail.dropFirst().prefix { $0.isASCII && $0.isNumber } : tail.prefix(0)
        return (
            name, open[open.index(after: open.startIndex)..<close], Int(digits),
            tail.dropFirst(digits.isEmpty ? 0 : digits.count + 1).first == "*"
        )
    }

    /// Whether it tells what a server said of a login: `login authenticator failed H=… [192.0.2.1] 535 …`.
    var isLoginRefusal: Bool { rest.hasPrefix("authenticator failed H=") }

    /// The words of the server on such a line, with its name: `outgoing.example.net said: 535 …`.
    var said: String? {
        guard let host, let close = rest.range(ofASCII: "] ") else { return nil }
        return "\(host.name) said: \(rest[close.upperBound...])"
    }

    /// What is said of an address that was not delivered: everything after the fields.
    var reason: Substring {
        rest.range(ofASCII: ": ").map { rest[$0.upperBound...] } ?? rest
    }
}
