extension LineDiff {
    /// The difference as `diff -u` prints it, or an empty text where there is none.
    ///
    /// It is for reading: carriage returns, control characters and bytes that are not UTF-8 are written out, so a
    /// file cannot steer the terminal.
    ///
    /// `old` is `nil` where there is no file, `new` where there is to be none; `context` is how many unchanged lines
    /// are around a change.
    package static func unified(_ old: [UInt8]?, _ new: [UInt8]?, path: String, context: Int = 3) -> String {
        let diff = LineDiff(old ?? [], new ?? [])
        return diff.unified(from: old == nil, to: new == nil, path: path, context: context) { edit in
            diff.line(of: edit)
        }
    }

    /// The difference with each line as it is chosen to be shown: with its line break, if it has one.
    func unified(
        from isNew: Bool,
        to isGone: Bool,
        path: String,
        context: Int = 3,
        line: (Edit) -> ArraySlice<UInt8>
    ) -> String {
        let hunks = hunks(context: context)
        guard !hunks.isEmpty || isNew != isGone else { return "" }
        let name = Self.visible(Array(path.utf8)[...])
        let header = [isNew ? "--- /dev/null" : "--- a\(name)", isGone ? "+++ /dev/null" : "+++ b\(name)"]
        return (header + hunks.flatMap { text(of: $0, line) }).map { $0 + "\n" }.joined()
    }

    private func line(of edit: Edit) -> ArraySlice<UInt8> {
        switch edit {
        case .keep(let index, _), .remove(let index): old[index]
        case .insert(let index): new[index]
        }
    }

    /// A line as it may be printed, without its line break.
    package static func visible(_ line: ArraySlice<UInt8>) -> String {
        let line = line.last == 0x0A ? line.dropLast() : line
        if line.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x09 }) { return String(decoding: line, as: UTF8.self) }
        guard let text = String(validating: line, as: UTF8.self) else {
            return line.map { $0 < 0x80 ? visible(Unicode.Scalar($0)) : "\\x" + String($0, radix: 16) }.joined()
        }
        return text.unicodeScalars.map(visible).joined()
    }

    private static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control where scalar != "\t": scalar.escaped(asASCII: true)
        // Marks that change the direction of what follows, and those that cannot be seen.
        case .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: scalar.escaped(asASCII: true)
        default: String(Character(scalar))
        }
    }

    /// Ranges of edits that are printed together.
    private func hunks(context: Int) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, edit) in edits.enumerated() {
            if case .keep = edit { continue }
            let range = max(0, index - context)..<min(edits.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private func text(of hunk: Range<Int>, _ line: (Edit) -> ArraySlice<UInt8>) -> [String] {
        var (oldCount, newCount) = (0, 0)
        var lines: [String] = []
        for edit in edits[hunk] {
            switch edit {
            case .keep:
                oldCount += 1
                newCount += 1
                lines += Self.line(" ", line(edit))
            case .remove:
                oldCount += 1
                lines += Self.line("-", line(edit))
            case .insert:
                newCount += 1
                lines += Self.line("+", line(edit))
            }
        }
        let before = edits[..<hunk.lowerBound]
        let oldBefore = before.count { if case .insert = $0 { false } else { true } }
        let newBefore = before.count { if case .remove = $0 { false } else { true } }
        return ["@@ -\(Self.span(oldBefore, oldCount)) +\(Self.span(newBefore, newCount)) @@"] + lines
    }

    /// Where a hunk is: a range of no lines is given by the line before it, and one line without its length.
    private static func span(_ before: Int, _ count: Int) -> String {
        count == 1 ? "\(before + 1)" : "\(count == 0 ? before : before + 1),\(count)"
    }

    private static func line(_ mark: String, _ bytes: ArraySlice<UInt8>) -> [String] {
        [mark + visible(bytes)] + (bytes.last == 0x0A ? [] : ["\\ No newline at end of file"])
    }
}
