extension EximText {
    /// Takes every block of ours out.
    mutating func removeBlocks() throws(StrayMark) {
        for block in try blocks().reversed() { remove(block) }
    }

    /// Takes whole lines out.
    mutating func remove(_ ranges: [Range<Int>]) {
        for range in ranges.sorted(by: { $0.lowerBound > $1.lowerBound }) where !range.isEmpty {
            remove(range.lowerBound...range.upperBound - 1)
        }
    }
}
