internal import MTAPlan

/// What PowerShell writes to its standard error when nobody sits in front of it: XML of progress bars and errors.
package enum CLIXML {
    /// The text of the errors, and of whatever is outside of the XML.
    package static func text(_ bytes: [UInt8]) -> String {
        var rest = bytes[...]
        var text = ""
        while let start = rest.firstRange(of: Self.start) {
            text += String(decoding: rest[..<start.lowerBound], as: UTF8.self)
            let end = rest[start.upperBound...].firstRange(of: Self.end)
            text += errors(rest[start.upperBound..<(end?.lowerBound ?? rest.endIndex)])
            rest = end.map { rest[$0.upperBound...] } ?? []
        }
        text += String(decoding: rest, as: UTF8.self)
        return Printable.text(text.replacing("\r\n", with: "\n")).split(separator: "\n").map(String.init)
            .filter { !$0.allSatisfy(\.isWhitespace) }
            .joined(separator: "\n")
    }

    private static let start = Array("#< CLIXML".utf8)
    private static let end = Array("</Objs>".utf8)
    private static let error = (start: Array("<S S=\"Error\">".utf8), end: Array("</S>".utf8))

    private static func errors(_ xml: ArraySlice<UInt8>) -> String {
        var text = ""
        var rest = xml
        while let start = rest.firstRange(of: error.start)?.upperBound {
            let end = rest[start...].firstRange(of: error.end)
            text += decoded(String(decoding: rest[start..<(end?.lowerBound ?? rest.endIndex)], as: UTF8.self))
            rest = end.map { rest[$0.upperBound...] } ?? []
        }
        return text
    }

    /// The signs in which XML and PowerShell write characters, each as what it stands for; a carriage return as nothing.
    ///
    /// Source: [MS-PSRP] 2.2.5.3.2: `_xHHHH_` is a UTF-16 code unit, and `_x005F_` the `_` of a text that looks like one.
    private static func decoded(_ text: String) -> String {
        let units = Array(text.utf16)
        var meant: [UInt16] = []
        var index = 0
        while index < units.count {
            let (unit, length) = sign(units[index...])
            if unit != 0x0D { meant.append(unit) }
            index += length
        }
        return String(decoding: meant, as: UTF16.self)
    }

    /// What is in front, and how long it is.
    private static func sign(_ units: ArraySlice<UInt16>) -> (unit: UInt16, length: Int) {
        for (written, meant) in named where units.starts(with: written) { return (meant, written.count) }
        guard units.first == 0x5F else { return (units[units.startIndex], 1) }
        let head = String(decoding: units.prefix(7), as: UTF16.self)
        if let match = head.wholeMatch(of: /_x([0-9A-Fa-f]{4})_/), let unit = UInt16(match.1, radix: 16) {
            return (unit, 7)
        }
        return (units[units.startIndex], 1)
    }

    private static let named: [([UInt16], UInt16)] = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ].map { (written: String, meant: String) in (Array(written.utf16), Array(meant.utf16)[0]) }
}
