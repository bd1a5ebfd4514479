/// What a file is to hold: bytes, with references where secrets belong.
package struct Content: Sendable, Hashable, Codable {
    package enum Piece: Sendable, Hashable, Codable {
        case bytes([UInt8])
        case secret(SecretReference, Encoding)
    }

    /// How a secret is written where it stands, so that the mail server reads back the same bytes.
    package enum Encoding: Sendable, Hashable, Codable {
        case plain
    }

    package var pieces: [Piece]

    package init(_ pieces: [Piece]) { self.pieces = pieces }
    package init(_ bytes: [UInt8]) { pieces = [.bytes(bytes)] }
    package init(_ text: String) { pieces = [.bytes(Array(text.utf8))] }

    package var secrets: [SecretReference] {
        pieces.compactMap { if case .secret(let reference, _) = $0 { reference } else { nil } }
    }

    /// The bytes with the secrets in their places: for the host and for comparing, never for showing.
    package func rendered(with secrets: Secrets) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): result += bytes
            case .secret(let reference, .plain): result += try secrets.value(of: reference).reveal()
            }
        }
        return result
    }
}
