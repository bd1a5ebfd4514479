import MTAPlan

/// A file of the message tracking log, whose head differs from version to version.
///
/// Source: "Message tracking", Exchange 2007 to the Subscription Edition.
struct TrackingLog: Sendable {
    let rows: [TrackingRow]

    /// Reads rows by the names that the last `#Fields:` before them has, never by their place.
    init(_ bytes: [UInt8]) {
        var fields: [Substring] = []
        var rows: [TrackingRow] = []
        var text = String(decoding: bytes, as: UTF8.self)
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        for line in text.split(whereSeparator: \.isNewline) {
            if let names = line.withoutPrefix("#Fields:") {
                fields = names.split(separator: ",").map { name in name.drop { $0 == " " } }
            } else if !line.hasPrefix("#"), !fields.isEmpty {
                rows.append(TrackingRow(fields: fields, values: Self.values(of: line)))
            }
        }
        self.rows = rows
    }

    /// Commas stand in quotes, and a quote is doubled there.
    private static func values(of line: Substring) -> [Substring] {
        var values: [Substring] = []
        var value = ""
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                values.append(value[...])
                value = ""
            default: value.append(character)
            }
        }
        return values + [value[...]]
    }
}

extension Substring {
    fileprivate func withoutPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
