/// What a file is to hold: bytes, with references where secrets belong.
package struct Content: Sendable, Hashable, Codable {
    package enum Piece: Sendable, Hashable {
        case bytes([UInt8])
        case secret(SecretReference, Encoding)
        /// These bytes of the file as it was found: in a saved plan, which holds none of the host's.
        case kept(Range<Int>)
        /// These bytes of another file of the host: in a saved plan.
        case copied(Copy)
    }

    /// How a secret is written where it is, so that the mail server reads back the same bytes.
    package enum Encoding: Sendable, Hashable, Codable {
        case plain
        /// In single quotes, a `'` in it as `'"'"'`: a word of nullmailer's `remotes`, which a shell would read the same.
        ///
        /// A `\` before a character would not do: what follows the character is then not looked at.
        ///
        /// Source: nullmailer 2.2, lib/argparse.cc.
        case singleQuoted
        /// As in Sendmail's tables of logins: cf/README, "SMTP AUTHENTICATION".
        case base64
        /// In double quotes, `\` before each `\` and `"`: as Exim's `${extract` takes a value with blanks in it.
        ///
        /// Source: Exim specification, chapter 11, "${extract{<key>}…"; string_dequote in string.c.
        case quoted

        package func bytes(_ value: [UInt8]) -> [UInt8] {
            switch self {
            case .plain: value
            case .singleQuoted:
                [0x27] + value.flatMap { $0 == 0x27 ? Array(#"'"'"'"#.utf8) : [$0] } + [0x27]
            case .base64: Base64.bytes(value)
            case .quoted: [0x22] + value.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] } + [0x22]
            }
        }

        /// What is not a secret, written in the same way.
        package func text(_ value: String) -> String { String(decoding: bytes(Array(value.utf8)), as: UTF8.self) }
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
            case .secret(let reference, let encoding):
                result += encoding.bytes(try secrets.value(of: reference).reveal())
            case .kept, .copied: throw Failure("what stays of the file was not read", hint: "this is a bug in mtactl")
            }
        }
        return result
    }
}

extension Content.Piece: Codable {
    private enum Key: CodingKey { case bytes, secret, encoding, kept, copied }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let bytes = try values.decodeIfPresent(SavedBytes.self, forKey: .bytes) {
            self = .bytes(bytes.bytes)
        } else if let kept = try values.decodeIfPresent(Range<Int>.self, forKey: .kept) {
            self = .kept(kept)
        } else if let copy = try values.decodeIfPresent(Content.Copy.self, forKey: .copied) {
            self = .copied(copy)
        } else {
            self = .secret(
                try values.decode(SecretReference.self, forKey: .secret),
                try values.decode(Content.Encoding.self, forKey: .encoding)
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .bytes(let bytes):
            try values.encode(SavedBytes(bytes: bytes), forKey: .bytes)
        case .secret(let reference, let encoding):
            try values.encode(reference, forKey: .secret)
            try values.encode(encoding, forKey: .encoding)
        case .kept(let range): try values.encode(range, forKey: .kept)
        case .copied(let copy): try values.encode(copy, forKey: .copied)
        }
    }
}

/// Bytes as they are in a saved plan: text where they are UTF-8, so that people can read it, else hexadecimal.
struct SavedBytes: Codable, Hashable {
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    private enum Key: CodingKey { case text, hex }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let text = try values.decodeIfPresent(String.self, forKey: .text) {
            bytes = Array(text.utf8)
        } else {
            let digits = Array(try values.decode(String.self, forKey: .hex))
            let pairs = stride(from: 0, to: digits.count - 1, by: 2).map { String(digits[$0...$0 + 1]) }
            bytes = try pairs.map { pair in
                guard let byte = UInt8(pair, radix: 16) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .hex,
                        in: values,
                        debugDescription: "not hexadecimal"
                    )
                }
                return byte
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        if let text = String(validating: bytes, as: UTF8.self) {
            try values.encode(text, forKey: .text)
        } else {
            try values.encode(bytes.hexadecimal, forKey: .hex)
        }
    }
}
