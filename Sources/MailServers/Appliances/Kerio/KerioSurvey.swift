import MTAPlan

/// How mail leaves a host today.
struct KerioSurvey {
    let survey: Survey

    init(_ facts: Facts) {
        // A survey shows what is known; a plan says why the rest cannot be determined.
        guard let site = try? KerioSite(facts) else {
            survey = Survey(defaultRoute: "unknown")
            return
        }
        let enabled = site.rules.rules.filter(\.isEnabled)
        let general = enabled.first { $0.condition.test == .none }
        let row = { (rule: RelayRule) in
            Survey.Row(
                Printable.line((rule.condition.isNegated ? "not " : "") + rule.condition.pattern),
                Self.route(rule),
                login: rule.username.map(Printable.line)
            )
        }
        survey = Survey(
            defaultRoute: general.map(Self.route) ?? "direct",
            recipients: enabled.filter { $0.condition.test == .recipient }.map(row),
            senders: enabled.filter { $0.condition.test == .sender }.map(row),
            tls: site.usesTLS ? "where the other side offers it" : nil,
            login: general?.username.map(Printable.line)
        )
    }

    private static func route(_ rule: RelayRule) -> String { "[\(Printable.line(rule.host))]:\(rule.port)" }
}
