/// Chooses what is shown of text that a host may have written.
///
/// Shown are words that mail servers' configurations are made of, words of the playbook, and what has the form of a
/// number, an address, a domain or a path. Everything else becomes `…`: a password has no form that it could be known by, so
/// what is shown is listed, and what is hidden is not.
package struct Glossary: Sendable {
    private let words: Set<String>
    private let own: Set<String>

    /// `words` are in lower case, without punctuation; those of the texts `own`, the playbook's, are shown wherever
    /// they are.
    package init(_ words: Set<String>, own texts: [String] = []) {
        self.words = words
        own = texts.reduce(into: []) { own, text in
            for token in Self.tokens(of: Array(text.utf8)[...]) { own.insert(Self.folded(token)) }
        }
    }

    static let hidden = "…"

    /// Text of the host in a value, of which nothing is shown, whichever words it is made of.
    package static func concealed(_ text: String) -> String {
        "\u{1}" + text.filter { $0 != "\u{2}" } + "\u{2}"
    }

    /// A value: known words, and what has a harmless form.
    package func value(_ text: some StringProtocol) -> String { shown(Array(text.utf8)[...], withForms: true) }

    /// A name: known words alone.
    func name(_ bytes: ArraySlice<UInt8>) -> String { shown(bytes, withForms: false) }

    func value(_ bytes: ArraySlice<UInt8>) -> String { shown(bytes, withForms: true) }

    /// Whether nothing of the name would be hidden.
    func knows(_ bytes: ArraySlice<UInt8>) -> Bool { pieces(of: bytes, withForms: false).allSatisfy(\.isShown) }

    /// The words of a text that are not shown.
    func hidden(in bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        Self.chunks(of: bytes).flatMap { pieces(of: $0, withForms: true) }.filter { !$0.isShown }.map(\.bytes)
    }

    private func shown(_ bytes: ArraySlice<UInt8>, withForms: Bool) -> String {
        var result: [UInt8] = []
        let mark = Array(Self.hidden.utf8)
        var afterHidden: [UInt8]?
        for chunk in Self.chunks(of: Self.less(concealed: bytes)) {
            guard let first = chunk.first, !Self.isSpace(first) else {
                if afterHidden == nil { result += chunk } else { afterHidden = Array(chunk) }
                continue
            }
            let pieces = pieces(of: chunk, withForms: withForms)
            let open = pieces.firstIndex { !$0.isShown }
            if let open, let close = pieces.lastIndex(where: { !$0.isShown }) {
                let head = pieces[..<open].flatMap(\.bytes)
                let tail = pieces[(close + 1)...].flatMap(\.bytes)
                // Hidden words that follow one another become one, so that their number is not seen.
                if let blank = afterHidden, !head.isEmpty { result += blank }
                if afterHidden == nil || !head.isEmpty { result += head + mark }
                result += tail
                afterHidden = tail.isEmpty ? [] : nil
            } else {
                if let blank = afterHidden { result += blank }
                result += chunk
                afterHidden = nil
            }
        }
        return String(decoding: result + (afterHidden ?? []), as: UTF8.self)
    }

    /// With a mark in the place of what is concealed.
    private static func less(concealed bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard bytes.contains(1) else { return bytes }
        var (result, rest) = ([UInt8](), bytes)
        while let start = rest.firstIndex(of: 1) {
            result += rest[..<start] + Array(hidden.utf8)
            // One that was cut off ends with the text.
            rest = rest[start...].firstIndex(of: 2).map { rest[($0 + 1)...] } ?? []
        }
        return (result + rest)[...]
    }

    // MARK: Words

    private struct Piece {
        var bytes: ArraySlice<UInt8>
        var isShown: Bool
    }

    /// Runs of blanks, and what is between them.
    private static func chunks(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var chunks: [ArraySlice<UInt8>] = []
        var rest = bytes
        while let first = rest.first {
            let end = rest.firstIndex { isSpace($0) != isSpace(first) } ?? rest.endIndex
            chunks.append(rest[..<end])
            rest = rest[end...]
        }
        return chunks
    }

    private func pieces(of chunk: ArraySlice<UInt8>, withForms: Bool) -> [Piece] {
        var pieces: [Piece] = []
        var rest = chunk
        while let first = rest.first {
            if withForms, let end = WordForm.endOfIPv6(rest) {
                pieces.append(Piece(bytes: rest[..<end], isShown: true))
                rest = rest[end...]
            } else if Self.isDivider(first) {
                pieces.append(Piece(bytes: rest.prefix(1), isShown: true))
                rest = rest.dropFirst()
            } else {
                let word = rest.prefix { !Self.isDivider($0) }
                pieces.append(Piece(bytes: word, isShown: isKnown(word, withForms: withForms)))
                rest = rest[word.endIndex...]
            }
        }
        return pieces
    }

    private func isKnown(_ word: ArraySlice<UInt8>, withForms: Bool) -> Bool {
        let tokens = Self.tokens(of: word)
        if tokens.isEmpty || withForms && WordForm.fits(word) { return true }
        var known = 0
        for token in tokens {
            // One letter, perhaps as small and capital, or up to three digits.
            let isShort =
                token.count <= 3 && token.allSatisfy(WordForm.isDigit)
                || token.count <= 2 && token.allSatisfy { $0 | 0x20 == token[token.startIndex] | 0x20 }
            if isKnown(token) { known += 1 } else if !isShort { return false }
        }
        return known > 0 || tokens.map(\.count).reduce(0, +) <= 3
    }

    /// Whether it is a known word, with up to three digits at its end: `exim4`.
    private func isKnown(_ token: ArraySlice<UInt8>) -> Bool {
        let text = Self.folded(token)
        if words.contains(text) || own.contains(text) { return true }
        let letters = token.prefix { !WordForm.isDigit($0) }
        let digits = token[letters.endIndex...]
        guard !letters.isEmpty, (1...3).contains(digits.count), digits.allSatisfy(WordForm.isDigit) else {
            return false
        }
        return words.contains(Self.folded(letters))
    }

    private static func tokens(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        bytes.split { !WordForm.isDigit($0) && !isLetter($0) }
    }

    private static func folded(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 || byte >= 0x80 }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// What ends a word in every syntax; other punctuation belongs to the word that it is in.
    private static func isDivider(_ byte: UInt8) -> Bool { dividers[Int(byte)] }

    /// By byte, as it is asked of every byte of a file.
    private static let dividers = {
        let signs = Set(#",;:=(){}[]<>"'`|@\"#.utf8)
        return (UInt8.min...UInt8.max).map { $0 < 0x20 || $0 == 0x7F || signs.contains($0) }
    }()
}
