/// Parts of a host's file that are in lines of ours: a list that was added to, a line that was commented out.
///
/// Whatever six bytes in a row the file has too are named by their place in it, whoever wrote them.
struct HostFragments {
    private static let length = 6
    private let found: [UInt8]

    init(_ found: [UInt8]) { self.found = found }

    /// The pieces with a reference in the place of such parts.
    ///
    /// `words`: Only parts that begin in one of them; `nil`: all. `reference`: What stands for a part of the file.
    func sparing(
        _ pieces: [Content.Piece],
        only words: [ArraySlice<UInt8>]? = nil,
        reference: (Range<Int>) -> Content.Piece
    ) -> [Content.Piece] {
        let places = places(of: words.map(grams(in:)) ?? grams(in: pieces))
        guard !places.isEmpty else { return pieces }
        return pieces.flatMap { piece in
            if case .bytes(let bytes) = piece { spared(bytes, places, reference) } else { [piece] }
        }
    }

    private func spared(
        _ bytes: [UInt8],
        _ places: [UInt64: Int],
        _ reference: (Range<Int>) -> Content.Piece
    ) -> [Content.Piece] {
        var pieces: [Content.Piece] = []
        var (start, index) = (0, 0)
        while index + Self.length <= bytes.count {
            guard let place = places[Self.gram(bytes, at: index)] else {
                index += 1
                continue
            }
            var end = index + Self.length
            while end < bytes.count, place + end - index < found.count, bytes[end] == found[place + end - index] {
                end += 1
            }
            if start < index { pieces.append(.bytes(Array(bytes[start..<index]))) }
            pieces.append(reference(place..<(place + end - index)))
            (start, index) = (end, end)
        }
        if start < bytes.count { pieces.append(.bytes(Array(bytes[start...]))) }
        return pieces
    }

    private func grams(in pieces: [Content.Piece]) -> Set<UInt64> {
        pieces.reduce(into: []) { grams, piece in
            guard case .bytes(let bytes) = piece, bytes.count >= Self.length else { return }
            for index in 0...(bytes.count - Self.length) { grams.insert(Self.gram(bytes, at: index)) }
        }
    }

    private func grams(in words: [ArraySlice<UInt8>]) -> Set<UInt64> {
        words.reduce(into: []) { grams, word in
            let bytes = Array(word)
            guard bytes.count >= Self.length else { return }
            for index in 0...(bytes.count - Self.length) { grams.insert(Self.gram(bytes, at: index)) }
        }
    }

    /// Where in the file each of them is first.
    private func places(of grams: Set<UInt64>) -> [UInt64: Int] {
        guard !grams.isEmpty, found.count >= Self.length else { return [:] }
        var places: [UInt64: Int] = [:]
        for index in 0...(found.count - Self.length) {
            let gram = Self.gram(found, at: index)
            if grams.contains(gram), places[gram] == nil { places[gram] = index }
        }
        return places
    }

    private static func gram(_ bytes: [UInt8], at index: Int) -> UInt64 {
        (0..<length).reduce(0) { $0 << 8 | UInt64(bytes[index + $1]) }
    }
}
