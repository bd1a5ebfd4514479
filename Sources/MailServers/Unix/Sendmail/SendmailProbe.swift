import MTAPlan

/// An envelope and the way that it is to take, as Sendmail's own rules can be asked for it without sending anything.
///
/// Of a recipient only the last part of ruleset 0 is asked (`Parse1`), so that no name is looked up in the DNS.
///
/// Source: op.me, section 3.6 (`-bt`, `.D`).
struct SendmailProbe: Sendable {
    /// Lines for `sendmail -bt`.
    var lines: [String]
    /// `mtactl-filter-587 [outgoing.example.net]`, or `direct mtactl.invalid.`.
    var way: String

    /// Where nobody has mail: RFC 2606.
    private static let nowhere = "mtactl.invalid"
    /// So many of each kind: the command line has an end.
    private static let most = 50

    static func all(_ routes: Routes) -> [SendmailProbe] {
        let someone = "probe@\(nowhere)"
        var probes: [SendmailProbe] = []
        if case .via = routes.defaultRoute { probes.append(.init(from: someone, to: nowhere, routes.defaultRoute)) }
        for row in routes.recipients.prefix(most) {
            switch row.domain {
            case .exactly(let domain): probes.append(.init(from: someone, to: domain, row.route))
            case .subdomains(let domain): probes.append(.init(from: someone, to: "mtactl-probe.\(domain)", row.route))
            }
        }
        for row in routes.senders.prefix(most) {
            switch row.sender {
            case .address(let address): probes.append(.init(from: address, to: nowhere, row.route))
            case .domain(let domain): probes.append(.init(from: "mtactl-probe@\(domain)", to: nowhere, row.route))
            }
        }
        if routes.bounces == .direct, case .via = routes.defaultRoute {
            probes.append(.init(from: "<>", to: nowhere, .direct))
        }
        return probes
    }

    private init(from sender: String, to domain: String, _ route: Route) {
        lines = [".Df\(sender)", "Parse1 probe<@\(domain).>"]
        switch route {
        case .direct: way = "direct \(domain)."
        case .via(let smarthost): way = "\(smarthost.mailer) \(smarthost.nextHop)"
        }
    }
}
