extension [String] {
    /// In a note: the first five, each between two `` ` ``, and how many more there are.
    ///
    /// `empty`: What an empty one stands for.
    func listed(empty: String = "``") -> String {
        let shown = prefix(5).map { $0.isEmpty ? empty : "`\($0.escaped)`" }.joined(separator: ", ")
        return count > 5 ? "\(shown) and \(count - 5) more" : shown
    }
}
