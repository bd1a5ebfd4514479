extension Content {
    /// Whether parts of it are bytes of the file as it was found, which are not known here.
    package var isSpared: Bool {
        pieces.contains { piece in
            switch piece {
            case .kept, .copied: true
            case .bytes, .secret: false
            }
        }
    }

    /// Bytes of another file than the one that is changed.
    package struct Copy: Sendable, Hashable, Codable {
        /// As it was asked for.
        package var path: String
        var range: Range<Int>
        /// Whether its letters are made small, as in lists of domains.
        var isLowercase: Bool
        /// What the file is recognised by.
        ///
        /// No hash: it could be searched for a weak password.
        var expected: FileChange.Expected

        /// The bytes, where the file is what it was when the plan was made.
        func bytes(in facts: Facts) -> [UInt8]? {
            guard let file = facts.file(path), FileChange.Expected(.file(file), kind: .secret) == expected else {
                return nil
            }
            let bytes = [UInt8](file.bytes[range.clamped(to: file.bytes.indices)])
            return isLowercase ? Self.lowercase(bytes) : bytes
        }

        static func lowercase(_ bytes: [UInt8]) -> [UInt8] { bytes.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 } }
    }

    /// The other files that its bytes come from.
    package var copiedFrom: [String] {
        var paths: [String] = []
        for case .copied(let copy) in pieces where !paths.contains(copy.path) { paths.append(copy.path) }
        return paths
    }

    /// The content with a reference in the place of each word of another file that the glossary would hide.
    func sparing(copiesFrom facts: Facts, butOf path: String, by glossary: Glossary) -> Content {
        var pieces = pieces
        var hidden = Self.hidden(in: pieces, by: glossary)
        if hidden.isEmpty { return self }
        var grams = HostFragments.Grams(of: hidden)
        for (key, answer) in facts.files.sorted(by: { $0.key < $1.key }) {
            guard case .file(let file) = answer, file.realPath != path else { continue }
            let expected = FileChange.Expected(.file(file), kind: .secret)
            for isLowercase in [false, true] {
                let bytes = isLowercase ? Copy.lowercase(file.bytes) : file.bytes
                let spared = HostFragments(bytes).sparing(pieces, only: grams) { range in
                    .copied(Copy(path: key, range: range, isLowercase: isLowercase, expected: expected))
                }
                guard let spared else { continue }
                pieces = spared
                hidden = Self.hidden(in: pieces, by: glossary)
                if hidden.isEmpty { return Content(pieces) }
                grams = HostFragments.Grams(of: hidden)
            }
        }
        return Content(pieces)
    }

    private static func hidden(in pieces: [Piece], by glossary: Glossary) -> [ArraySlice<UInt8>] {
        pieces.flatMap { piece -> [ArraySlice<UInt8>] in
            guard case .bytes(let bytes) = piece else { return [] }
            return glossary.hidden(in: bytes[...])
        }
    }

    /// The content with `kept` in the place of every line that the found file has too, and of every longer part of one.
    ///
    /// `linesAlone`: Parts of lines stay as they are.
    func sparing(_ found: [UInt8], linesAlone: Bool = false) -> Content {
        if found.isEmpty || isSpared { return self }
        var places: [ArraySlice<UInt8>: Range<Int>] = [:]
        for line in LineDiff.lines(found) { places[line] = line.indices }
        var marked: [UInt8] = []
        var secrets: [Piece] = []
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): marked += bytes
            case .secret, .kept, .copied:
                marked += Self.mark(secrets.count)
                secrets.append(piece)
            }
        }
        var spared: [Piece] = []
        for line in LineDiff.lines(marked) {
            // A line with a secret is ours, whatever the host has.
            if let place = places[line], !line.contains(0) {
                spared.append(kept: place)
            } else {
                spared.append(line: line, secrets)
            }
        }
        if linesAlone { return Content(spared) }
        let grams = HostFragments.Grams(of: spared)
        return Content(HostFragments(found).sparing(spared, only: grams) { .kept($0) } ?? spared)
    }

    /// The content with the bytes of the file as it was found in their places.
    func filled(from found: [UInt8]) -> Content {
        Content(
            pieces.map { piece in
                guard case .kept(let range) = piece else { return piece }
                return .bytes([UInt8](found[range.clamped(to: found.indices)]))
            }
        )
    }

    /// The content with the bytes of other files in their places.
    ///
    /// - Throws: When one of them is not what it was when the plan was made.
    func filled(fromOthersIn facts: Facts) throws(Failure) -> Content {
        var filled = self
        for case (let index, .copied(let copy)) in pieces.enumerated() {
            guard let bytes = copy.bytes(in: facts) else { throw .moved(copy.path) }
            filled.pieces[index] = .bytes(bytes)
        }
        return filled
    }

    /// Stands for a secret while lines are compared; NUL is in no text file.
    private static func mark(_ index: Int) -> [UInt8] { [0] + Array("\(index)".utf8) + [0] }
}

extension [Content.Piece] {
    /// Adjacent ranges become one.
    fileprivate mutating func append(kept range: Range<Int>) {
        if case .kept(let last)? = self.last, last.upperBound == range.lowerBound {
            self[count - 1] = .kept(last.lowerBound..<range.upperBound)
        } else {
            append(.kept(range))
        }
    }

    fileprivate mutating func append(line: ArraySlice<UInt8>, _ secrets: [Content.Piece]) {
        for (index, part) in line.split(separator: 0, omittingEmptySubsequences: false).enumerated() {
            if index % 2 == 1, let number = Int(String(decoding: part, as: UTF8.self)), secrets.indices.contains(number)
            {
                append(secrets[number])
            } else if case .bytes(let bytes)? = last {
                self[count - 1] = .bytes(bytes + part)
            } else if !part.isEmpty {
                append(.bytes([UInt8](part)))
            }
        }
    }
}
