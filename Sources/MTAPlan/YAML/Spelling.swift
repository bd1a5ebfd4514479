/// Finds the word that was meant.
package enum Spelling {
    /// The nearest of the known words, if it is near enough to be a slip of the finger.
    ///
    /// Ties go to the first.
    static func nearest(to word: String, in known: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().unicodeScalars.prefix(80))
        let limit = max(1, typed.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in known where candidate != word {
            let distance = distance(typed, Array(candidate.lowercased().unicodeScalars.prefix(80)))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        if best == nil, typed.count >= 3 {
            return known.first { $0 != word && $0.lowercased().hasPrefix(word.lowercased()) }
        }
        return best?.word
    }

    /// “did you mean”, or the known words where they are few, or nothing.
    package static func hint(for word: String, in known: [String]) -> String? {
        if let nearest = nearest(to: word, in: known) { return "did you mean `\(nearest)`?" }
        guard !known.isEmpty, known.count <= 20 else { return nil }
        return "there is " + known.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// Insertions, deletions, replacements, and neighbours exchanged, each counted once.
    static func distance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
