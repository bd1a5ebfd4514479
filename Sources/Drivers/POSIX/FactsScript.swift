package import MTAPlan

/// The one program that asks a host all that planning needs.
package struct FactsScript: Sendable {
    private let questions: [UInt8]

    /// Asks what each of these products wants to know.
    package init(asking products: [any Product]) {
        questions = ShellProgram.compact(
            ([PackageResources.facts_sh] + products.map(\.factsScript)).flatMap { $0 + [UInt8(ascii: "\n")] }
        )
    }

    /// The same text for every host of a play.
    ///
    /// `files`: Files that a playbook names, asked for besides.
    package func text(for purpose: FactsPurpose, files: [String] = []) -> [UInt8] {
        var end = "bye\n"
        if !files.isEmpty { end = "file \(files.map(\.shellQuoted).joined(separator: " "))\n" + end }
        return Array((purpose == .survey ? "S=survey\n" : "").utf8) + questions + Array(end.utf8)
    }
}
