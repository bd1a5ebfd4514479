package import MTAPlan

/// A panel that makes an Exim's configuration: how mail leaves, its log and its queue are Exim's.
package protocol EximPanel: MailServer {}

extension EximPanel {
    package func survey(_ facts: Facts) -> Survey { Exim().survey(facts) }

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
            ignoring: proposal.besides,
            probing: probing
        )
    }

    package var trace: Trace { Exim().trace }

    package func notation(of path: String) -> Notation { .exim(path) }
}
