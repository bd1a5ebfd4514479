extension FileChange.Shown {
    /// Masks line by line.
    ///
    /// A line of the found file that is also wanted is shown as the wanted line is, so that a login which stays
    /// is no difference; every other line, of both sides, goes through `mask`.
    init(
        found: FileChange.Found,
        wanted: FileChange.Wanted,
        secrets: Secrets,
        mask: (ArraySlice<UInt8>) -> [UInt8]
    ) throws(Failure) {
        let before: [UInt8]? = if case .file(let file) = found { file.bytes } else { nil }
        let after: Content? = if case .file(let content, _, _, _) = wanted { content } else { nil }
        try self.init(before, after, secrets: secrets, mask: mask)
        if case .index = found { self.before = Array("[index]\n".utf8) }
    }

    /// The same of bytes, of which there may be none before or afterwards.
    init(
        _ found: [UInt8]?,
        _ wanted: Content?,
        secrets: Secrets,
        mask: (ArraySlice<UInt8>) -> [UInt8]
    ) throws(Failure) {
        var shownAs: [[UInt8]: [UInt8]] = [:]
        if let wanted {
            let real = Self.lines(try wanted.rendered(with: secrets))
            let masked = Self.lines(wanted.masked)
            for (line, shown) in zip(real, masked) where !line.elementsEqual(shown) {
                shownAs[Array(line)] = Array(shown)
            }
            // What is no secret of ours may be one of the host's, which stays in the file.
            let secretLines = Set(shownAs.values)
            after = Array(
                masked.map { secretLines.contains(Array($0)) ? Array($0) : mask($0) }.joined(separator: [0x0A])
            )
        }
        before = found.map { Array(Self.lines($0).map { shownAs[Array($0)] ?? mask($0) }.joined(separator: [0x0A])) }
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    }
}

extension Content {
    /// The content with the name of each secret in its place: for showing.
    package var masked: [UInt8] {
        pieces.flatMap { piece in
            switch piece {
            case .bytes(let bytes): bytes
            case .secret(let reference, _): Array("[secret \(reference)]".utf8)
            case .kept: Array("…".utf8)
            }
        }
    }
}
