internal import MTAPlan

/// What PowerShell writes to its standard error when nobody sits in front of it: XML of progress bars and errors.
package enum CLIXML {
    /// The text of the errors, and of whatever is outside of the XML.
    package static func text(_ bytes: [UInt8]) -> String {
        var rest = String(decoding: bytes, as: UTF8.self)[...]
        var text = ""
        while let start = rest.firstRange(of: "#< CLIXML") {
            text += rest[..<start.lowerBound]
            let end = rest[start.upperBound...].firstRange(of: "</Objs>")
            text += errors(rest[start.upperBound..<(end?.lowerBound ?? rest.endIndex)])
            rest = end.map { rest[$0.upperBound...] } ?? ""
        }
        return Printable.text(text + rest).split(separator: "\n").map(String.init).filter {
            !$0.allSatisfy(\.isWhitespace)
        }
        .joined(separator: "\n")
    }

    private static func errors(_ xml: Substring) -> String {
        var text = ""
        for piece in xml.split(separator: "<S S=\"Error\">").dropFirst() {
            text += piece.firstRange(of: "</S>").map { piece[..<$0.lowerBound] } ?? piece
        }
        let signs = ["_x000D_": "", "_x000A_": "\n", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'"]
        for (written, meant) in signs { text = text.replacing(written, with: meant) }
        return text.replacing("&amp;", with: "&")
    }
}
