package import MTAPlan

extension FileChange {
    /// The lines that were found and stay.
    package var linesKept: Set<[UInt8]> { Self.lines(found ?? []).intersection(linesHeld) }

    /// The lines that are in the change itself.
    package var linesHeld: Set<[UInt8]> {
        guard case .file(let content, _, _, _) = wanted else { return [] }
        return content.pieces.reduce(into: []) { lines, piece in
            if case .bytes(let bytes) = piece { lines.formUnion(Self.lines(bytes)) }
        }
    }

    /// Whole lines that say something.
    private static func lines(_ bytes: [UInt8]) -> Set<[UInt8]> {
        Set(LineDiff.lines(bytes).filter { $0.count > 4 && $0.last == 0x0A }.map { Array($0) })
    }
}
