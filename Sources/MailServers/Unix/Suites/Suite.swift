package import MTAPlan

/// A panel, or a whole suite, that keeps a host's mail server and that mtactl has no edits of its own for.
package struct Suite: Product {
    package let recognition: Recognition
    package let keeping: Keeping

    init(_ recognition: Recognition, _ keeping: Keeping) {
        self.recognition = recognition
        self.keeping = keeping
    }

    /// One for all of them.
    package var factsScript: [UInt8] { PackageResources.suites_facts_sh }
}

extension Keeping {
    /// What it sets is set by its own command alone, and anything else is undone.
    static func itself(_ title: String, why: String, hint: String) -> Keeping {
        .itself(Failure("\(title) manages the mail server of this host, and \(why)", hint: hint))
    }

    static func mayRewrite(_ title: String, when: String) -> Keeping {
        .mayRewrite(
            "\(title) may rewrite the mail server's configuration \(when): `mtactl check` shows whether the routes are still in place"
        )
    }
}
