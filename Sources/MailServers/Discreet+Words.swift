import MTAPlan

extension Glossary {
    /// The words that say nothing of a host: those of everybody, and what mtactl itself calls mail servers and their settings.
    static let mailWords = knownWords.union(
        (Catalog.products.map(\.name) + Catalog.products.compactMap(\.section).flatMap { $0.names })
            .flatMap { $0.split(separator: "-").map { $0.lowercased() } }
    )
}
