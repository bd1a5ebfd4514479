package import MTAPlan

/// A panel that makes an Exim's configuration: how mail leaves, its log and its queue are Exim's.
package protocol EximPanel: MailServer {}

extension EximPanel {
    package func survey(_ facts: Facts) -> Survey { Exim().survey(facts) }

    package var trace: Trace { Exim().trace }
}
