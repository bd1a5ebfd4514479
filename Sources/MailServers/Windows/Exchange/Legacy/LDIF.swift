import MTAPlan

/// Changes to entries of a directory as text.
///
/// Each old value is deleted by name, so that a value that somebody changed since makes the whole change fail.
///
/// Source: RFC 2849; RFC 4511 §4.6.
struct LDIF: Sendable, Hashable {
    private(set) var changes: [Change] = []

    struct Change: Sendable, Hashable {
        var name: String
        var attribute: String
        var old: [String]
        var new: [String]
    }

    mutating func change(_ name: String, _ attribute: String, from old: [String], to new: [String]) {
        if old != new { changes.append(Change(name: name, attribute: attribute, old: old, new: new)) }
    }

    /// What puts the entries back, in the opposite order.
    var inverse: LDIF {
        var inverse = LDIF()
        for change in changes.reversed() {
            inverse.change(change.name, change.attribute, from: change.new, to: change.old)
        }
        return inverse
    }

    /// For ldapmodify(1) and `ldifde -i`.
    var text: String {
        changes.map { change in
            let parts = [("delete", change.old), ("add", change.new)].filter { !$0.1.isEmpty }
            let lines =
                [Self.line("dn", change.name), "changetype: modify"]
                + parts.flatMap { verb, values in
                    ["\(verb): \(change.attribute)"] + values.map { Self.line(change.attribute, $0) } + ["-"]
                }
            return lines.map { "\($0)\n" }.joined()
        }.joined(separator: "\n")
    }

    /// What is no safe string is in base64; lines are folded at 76 bytes.
    static func line(_ attribute: String, _ value: String) -> String {
        let isSafe =
            value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && value.first.map { !" :<".contains($0) } ?? true
            && value.last != " "
        let base64 = String(decoding: Base64.bytes(Array(value.utf8)), as: UTF8.self)
        var rest = isSafe ? "\(attribute): \(value)" : "\(attribute):: \(base64)"
        var folded: [String] = []
        while rest.utf8.count > 76 {
            let width = folded.isEmpty ? 76 : 75
            folded.append((folded.isEmpty ? "" : " ") + rest.prefix(width))
            rest = String(rest.dropFirst(width))
        }
        return (folded + [(folded.isEmpty ? "" : " ") + rest]).joined(separator: "\n")
    }
}
