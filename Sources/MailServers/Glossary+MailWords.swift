import MTAPlan

extension Glossary {
    /// What is shown of a host's own words, where a product chooses by itself.
    init(for routes: Routes, and words: [String] = []) { self.init(Self.mailWords, own: routes.words + words) }

    /// The words that say nothing of a host: those of everybody, and what mtactl itself calls mail servers and their settings.
    static let mailWords = knownWords.union(
        (Catalog.products.map(\.name) + Catalog.products.compactMap(\.section).flatMap { $0.names })
            .flatMap { $0.split(separator: "-").map { $0.lowercased() } }
    )
}
