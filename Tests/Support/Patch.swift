package import MTAPlan

/// A unified diff over several files, as `diff -U` writes it and `Fixtures/pack` keeps it.
///
/// Source: POSIX diff, "Diff -u Output Format". Exact: a line that is not where the patch has it is an error.
package struct Patch {
    private var parts: [Part] = []

    private struct Part {
        /// `nil`: `/dev/null`, so the file is made, or removed.
        var old: String?
        var new: String?
        var hunks: [Hunk] = []
    }

    private struct Hunk {
        /// Counted from 0.
        var start: Int
        var old: [[UInt8]] = []
        var new: [[UInt8]] = []
        /// Where the last line is: what `\ No newline at end of file` is about.
        var ending = Side.both

        enum Side { case old, new, both }

        mutating func endWithoutBreak() {
            if ending != .new { old[old.count - 1].removeLast() }
            if ending != .old { new[new.count - 1].removeLast() }
        }
    }

    /// - Throws: Where the text is no unified diff.
    package init(_ bytes: [UInt8]) throws(Failure) {
        var lines = Self.lines(bytes)[...]
        while let line = lines.popFirst() {
            guard let old = Self.name(line, after: "--- "), let next = lines.popFirst(),
                let new = Self.name(next, after: "+++ ")
            else { throw Failure("a patch has `\(Self.shown(line))` where a file begins") }
            var part = Part(old: old.isEmpty ? nil : old, new: new.isEmpty ? nil : new)
            while let first = lines.first, first.starts(with: Array("@@ ".utf8)) {
                part.hunks.append(try Self.hunk(&lines))
            }
            parts.append(part)
        }
    }

    /// The files that it leaves, changed or made.
    package var paths: [String] { parts.compactMap(\.new) }

    /// - Throws: Where a file is not as the patch has it.
    package func apply(to files: inout [String: [UInt8]]) throws(Failure) {
        for part in parts {
            if let old = part.old, files[old] == nil { throw Failure("a patch has \(old), which is not there") }
            var lines = Self.lines(part.old.flatMap { files[$0] } ?? [])
            for hunk in part.hunks.reversed() {
                let range = hunk.start..<hunk.start + hunk.old.count
                guard range.upperBound <= lines.count, Array(lines[range]) == hunk.old else {
                    throw Failure("a patch does not fit \(part.old ?? part.new ?? "") at line \(hunk.start + 1)")
                }
                lines.replaceSubrange(range, with: hunk.new)
            }
            if let old = part.old { files[old] = nil }
            if let new = part.new { files[new] = Array(lines.joined()) }
        }
    }

    /// Each with its line break; the last may have none.
    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) + [0x0A] }
        if lines.last == [0x0A] { lines.removeLast() } else { lines[lines.count - 1].removeLast() }
        return lines
    }

    /// An empty one for `/dev/null`; `nil` where the line does not begin so.
    private static func name(_ line: [UInt8], after mark: String) -> String? {
        guard line.starts(with: mark.utf8) else { return nil }
        let name = String(decoding: line.dropFirst(mark.utf8.count).dropLast(), as: UTF8.self)
        return name == "/dev/null" ? "" : name
    }

    private static func shown(_ line: [UInt8]) -> String { Printable.line(String(decoding: line, as: UTF8.self)) }

    /// A hunk and its lines; `@@ -START,0` names the line before (POSIX).
    private static func hunk(_ lines: inout ArraySlice<[UInt8]>) throws(Failure) -> Hunk {
        let head = String(decoding: lines.removeFirst(), as: UTF8.self)
        let ranges = head.split(separator: " ").dropFirst().prefix(2).map {
            $0.dropFirst().split(separator: ",").map { Int($0) }
        }
        guard ranges.count == 2, let start = ranges[0].first ?? nil else { throw Failure("`\(head)` is no hunk") }
        let counts = ranges.map { $0.count > 1 ? $0[1] ?? 0 : 1 }
        var hunk = Hunk(start: counts[0] == 0 ? start : start - 1)
        while hunk.old.count < counts[0] || hunk.new.count < counts[1] || lines.first?.first == UInt8(ascii: "\\") {
            guard let line = lines.popFirst(), let kind = line.first else { throw Failure("a patch ends in a hunk") }
            let text = Array(line.dropFirst())
            switch kind {
            case UInt8(ascii: " "):
                hunk.old.append(text)
                hunk.new.append(text)
                hunk.ending = .both
            case UInt8(ascii: "-"):
                hunk.old.append(text)
                hunk.ending = .old
            case UInt8(ascii: "+"):
                hunk.new.append(text)
                hunk.ending = .new
            case UInt8(ascii: "\\"): hunk.endWithoutBreak()
            default: throw Failure("`\(Self.shown(line))` is no line of a hunk")
            }
        }
        return hunk
    }
}
