package import MTAPlan

/// A panel that makes an Exim's configuration: how mail leaves, its log and its queue are Exim's.
package protocol EximPanel: MailServer {}

extension EximPanel {
    package func survey(_ facts: Facts) -> Survey { Exim().survey(facts) }

    /// What is signed is the panel's own section of a playbook to say, and so is the header with who logged in.
    package func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? {
        EximComparison.differential(
            of: proposal,
            for: routes,
            given: facts,
            ignoring: [.signature, .headers],
            probing: probing
        )
    }

    package var trace: Trace { Exim().trace }
}
