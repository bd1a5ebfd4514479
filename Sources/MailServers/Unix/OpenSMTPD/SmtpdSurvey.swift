import MTAPlan

/// How mail leaves a host with OpenSMTPD today, by its rules in order.
struct SmtpdSurvey {
    private let facts: Facts

    init(_ facts: Facts) { self.facts = facts }

    var survey: Survey {
        let queued = facts.text("opensmtpd.queued").flatMap { Int($0.filter { $0 != " " }) }
        // A survey shows what can be determined; a plan says why it cannot be made.
        guard let path = facts.text("opensmtpd.conf"), let file = facts.file(path),
            let rules = try? SmtpdRules(SmtpdConf(ConfigLines(file.bytes)))
        else { return Survey(defaultRoute: "not known", queued: queued) }
        var survey = Survey(defaultRoute: "nowhere: no rule for other hosts", queued: queued)
        var isDecided = false
        for rule in rules.rules {
            guard let relay = rules.relays[rule.action] else { continue }
            let route = Self.route(relay)
            if rule.hasSender {
                survey.senders.append(Survey.Row(Self.sender(rule), route, tls: Self.tls(relay), login: login(relay)))
            } else if !rule.isForOthers {
                let target = rule.target.dropFirst().map(\.text).joined(separator: " ")
                survey.recipients.append(Survey.Row(target, route, tls: Self.tls(relay), login: login(relay)))
            } else if !isDecided {
                isDecided = true
                survey.defaultRoute = route
                survey.tls = Self.tls(relay)
                survey.login = login(relay)
            }
        }
        return survey
    }

    private static func route(_ relay: SmtpdRules.Relay) -> String {
        guard let url = relay.host else { return "direct" }
        let place = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(place.firstIndex(of: "@").map { place[place.index(after: $0)...] } ?? place)
    }

    private static func tls(_ relay: SmtpdRules.Relay) -> String? {
        guard let scheme = relay.host?.firstRange(of: "://").map({ relay.host?[..<$0.lowerBound] ?? "" }) else {
            return relay.option("tls") == nil ? nil : "required"
        }
        let isTrusted = relay.option("tls")?.contains(.word("no-verify")) != true
        switch scheme {
        case "smtp+tls", "smtps": return "\(scheme), \(isTrusted ? "verified" : "certificate not verified")"
        case "smtp+notls": return nil
        default: return "\(scheme), opportunistic"
        }
    }

    /// The user that the label stands for, where the table is ours; else the label.
    private func login(_ relay: SmtpdRules.Relay) -> String? {
        guard let host = relay.host, let at = host.firstIndex(of: "@") else { return nil }
        let start = host.firstRange(of: "://")?.upperBound ?? host.startIndex
        let label = host[start..<at]
        let table = facts.files.first { $0.key.hasSuffix("/smtpd-mtactl-logins") }
        guard case .file(let file)? = table?.value else { return String(label) }
        let row = ConfigLines(file.bytes).effectiveLines.map(\.text).first { $0.hasPrefix("\(label) ") }
        return row.map { String($0.dropFirst(label.count + 1).prefix { $0 != ":" }) } ?? String(label)
    }

    private static func sender(_ rule: SmtpdRules.Rule) -> String {
        guard let index = rule.options.firstIndex(of: .word("mail-from")) else { return "" }
        let words = rule.options[(index + 1)...].prefix(
            rule.options[index...].dropFirst().first?.text == "regex" ? 2 : 1
        )
        return words.map(\.text).joined(separator: " ")
    }
}
