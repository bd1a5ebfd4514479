package import MTAPlan

/// A panel that makes an Exim's configuration: how mail leaves, its log and its queue are Exim's.
package protocol EximPanel: MailServer {}

extension EximPanel {
    package func survey(_ facts: Facts) -> Survey { Exim().survey(facts) }

    package func log(_ facts: Facts) -> LogSource? { Exim().log(facts) }

    package func tracer(messageID: String) -> any Tracer { Exim().tracer(messageID: messageID) }

    package func discard(queueID: String) -> Command { Exim().discard(queueID: queueID) }

    /// This panel in this version, with the Exim that runs or does not.
    func installation(_ version: String, in facts: Facts) -> Installation {
        let recognised = Recognition.servers(in: facts).first { $0.name == name }
        return Installation(version: version, isActive: recognised?.isActive ?? nil)
    }
}
