package import MTAPlan

/// The one program that asks a host all that planning needs.
package struct FactsScript: Sendable {
    private let questions: [UInt8]

    /// Asks what each of these products wants to know.
    package init(asking products: [any Product]) {
        var seen: Set<[UInt8]> = []
        // Several products may share one.
        let parts = products.map(\.factsScript).filter { seen.insert($0).inserted }
        questions = ShellProgram.compact(
            ([PackageResources.facts_sh] + parts).flatMap { $0 + [UInt8(ascii: "\n")] }
        )
    }

    /// The same text for every host of a play.
    ///
    /// `files`: Files that a playbook names, asked for besides.
    package func text(for purpose: FactsPurpose, files: [String] = []) -> [UInt8] {
        var end = "questions\n"
        if !files.isEmpty { end += "file \(files.map(\.shellQuoted).joined(separator: " "))\n" }
        end += "bye\n"
        return Array((purpose == .survey ? "S=survey\n" : "").utf8) + questions + Array(end.utf8)
    }
}
