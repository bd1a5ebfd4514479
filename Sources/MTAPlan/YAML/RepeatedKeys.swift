/// Gets at the whole tree of a file in which keys are repeated, although Yams stops at the first such key.
///
/// The first of two equal keys is renamed, to as many characters of Unicode's private use area, and the file is
/// read again. No place moves by that.
struct RepeatedKeys {
    private(set) var text: String
    private var names: [String: String] = [:]
    private var next: UInt32 = 0xE000
    /// Bytes that may still be read again; a large file full of repeated keys would take forever.
    private var patience = 8 << 20

    private static let privateUse: ClosedRange<UInt32> = 0xE000...0xE3FF

    init(_ text: YAMLText) {
        self.text = text.text
        // A file that has such characters itself is read up to its first repeated key only.
        if self.text.unicodeScalars.contains(where: { Self.privateUse.contains($0.value) }) {
            next = Self.privateUse.upperBound + 1
        }
    }

    /// The key that this one was before it was renamed.
    func name(of key: String) -> String? { names.isEmpty ? nil : names[key] }

    /// Renames the key that is there.
    ///
    /// - Returns: `false` where the text there is not simply the key, in quotes or not.
    mutating func rename(_ name: String, line: Int, column: Int) -> Bool {
        patience -= text.utf8.count
        guard patience > 0, Self.privateUse.contains(next), let stand = Unicode.Scalar(next), !name.isEmpty else {
            return false
        }
        var lines = YAMLText.lines(text)
        guard lines.indices.contains(line - 1) else { return false }
        var scalars = Array(lines[line - 1])
        var start = column - 1
        guard scalars.indices.contains(start) else { return false }
        if scalars[start] == "\"" || scalars[start] == "'" { start += 1 }
        let key = Array(name.unicodeScalars)
        guard scalars[start...].starts(with: key) else { return false }
        let other = Array(repeating: stand, count: key.count)
        scalars.replaceSubrange(start..<start + key.count, with: other)
        lines[line - 1] = scalars
        var result = String.UnicodeScalarView()
        for line in lines { result.append(contentsOf: line) }
        text = String(result)
        names[String(String.UnicodeScalarView(other))] = name
        next += 1
        return true
    }
}
