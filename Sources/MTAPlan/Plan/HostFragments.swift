/// Parts of a host's file that are in lines of ours: a list that was added to, a line that was commented out.
///
/// Whatever six bytes in a row the file has too are named by their place in it, whoever wrote them.
struct HostFragments {
    private let found: [UInt8]

    init(_ found: [UInt8]) { self.found = found }

    /// The pieces with a reference in the place of such parts; `nil` where there is none.
    ///
    /// `grams`: Only parts that begin in one of them. `reference`: What stands for a part of the file.
    func sparing(
        _ pieces: [Content.Piece],
        only grams: Grams,
        reference: (Range<Int>) -> Content.Piece
    ) -> [Content.Piece]? {
        let places = grams.places(in: found)
        guard !places.isEmpty else { return nil }
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
        while index + Grams.length <= bytes.count {
            guard let place = places[Grams.gram(bytes, at: index)] else {
                index += 1
                continue
            }
            var end = index + Grams.length
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
}

extension HostFragments {
    /// Every six bytes in a row of some texts, to be looked for in files.
    struct Grams {
        fileprivate static let length = 6
        private var all: Set<UInt64> = []
        /// Whether one of them has this number: most of a file's do not, and need not be looked up.
        private var isThere = [Bool](repeating: false, count: 1 << 12)

        init(of pieces: [Content.Piece]) {
            for case .bytes(let bytes) in pieces { insert(bytes[...]) }
        }

        init(of words: [ArraySlice<UInt8>]) {
            for word in words { insert(word) }
        }

        private mutating func insert(_ bytes: ArraySlice<UInt8>) {
            Self.forEach(in: bytes) { gram, _ in
                all.insert(gram)
                isThere[Self.number(of: gram)] = true
            }
        }

        /// Where in the file each of them is first.
        fileprivate func places(in found: [UInt8]) -> [UInt64: Int] {
            var places: [UInt64: Int] = [:]
            if all.isEmpty { return places }
            Self.forEach(in: found[...]) { gram, index in
                if isThere[Self.number(of: gram)], all.contains(gram), places[gram] == nil { places[gram] = index }
            }
            return places
        }

        fileprivate static func gram(_ bytes: [UInt8], at index: Int) -> UInt64 {
            (0..<length).reduce(0) { $0 << 8 | UInt64(bytes[index + $1]) }
        }

        private static func forEach(in bytes: ArraySlice<UInt8>, _ body: (_ gram: UInt64, _ index: Int) -> Void) {
            var gram: UInt64 = 0
            for index in bytes.indices {
                gram = (gram << 8 | UInt64(bytes[index])) & 0xFFFF_FFFF_FFFF
                let start = index - length + 1
                if start >= bytes.startIndex { body(gram, start) }
            }
        }

        /// Fibonacci hashing: the upper bits of a product depend on all bytes.
        private static func number(of gram: UInt64) -> Int { Int((gram &* 0x9E37_79B9_7F4A_7C15) >> 52) }
    }
}
