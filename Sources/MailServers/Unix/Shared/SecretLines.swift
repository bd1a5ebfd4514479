import MTAPlan

/// Lines in which secrets are, as bytes that can be put among others and found again.
///
/// A placeholder is between two NUL bytes, which no text file has.
struct SecretLines: Sendable {
    private(set) var lines: [[UInt8]] = []
    private var secrets: [Content.Piece] = []

    mutating func append(_ text: String) { lines.append(Array(text.utf8)) }

    /// A line with a secret between two texts.
    mutating func append(_ text: String, _ secret: SecretReference, as encoding: Content.Encoding, _ rest: String = "")
    {
        lines.append(Array(text.utf8) + placeholder(secret, encoding) + Array(rest.utf8))
    }

    private mutating func placeholder(_ secret: SecretReference, _ encoding: Content.Encoding) -> [UInt8] {
        secrets.append(.secret(secret, encoding))
        return [0] + Array("\(secrets.count - 1)".utf8) + [0]
    }

    /// A file that has the lines in it, with references in the places of the secrets.
    func content(_ bytes: [UInt8]) -> Content {
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        var pieces: [Content.Piece] = []
        for (index, part) in parts.enumerated() {
            if index % 2 == 1, let number = Int(part.text), secrets.indices.contains(number) {
                pieces.append(secrets[number])
            } else if !part.isEmpty {
                pieces.append(.bytes(Array(part)))
            }
        }
        return Content(pieces)
    }
}
