extension Content {
    /// Whether parts of it are bytes of the file as it was found, which are not known here.
    package var isSpared: Bool { pieces.contains { if case .kept = $0 { true } else { false } } }

    /// The content with `kept` in the place of every line that the found file has too, and of every longer part of one.
    func sparing(_ found: [UInt8]) -> Content {
        if found.isEmpty || isSpared { return self }
        var places: [ArraySlice<UInt8>: Range<Int>] = [:]
        for line in LineDiff.lines(found) { places[line] = line.indices }
        var marked: [UInt8] = []
        var secrets: [Piece] = []
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): marked += bytes
            case .secret, .kept:
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
        return Content(HostFragments(found).sparing(spared))
    }

    /// The content with the host's bytes in their places.
    func filled(from found: [UInt8]) -> Content {
        Content(
            pieces.map { piece in
                guard case .kept(let range) = piece else { return piece }
                return .bytes([UInt8](found[range.clamped(to: found.indices)]))
            }
        )
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
