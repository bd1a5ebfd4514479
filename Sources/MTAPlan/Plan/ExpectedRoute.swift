/// The way that a playbook gives to a message, in the terms of a log.
package indirect enum ExpectedRoute: Sendable, Hashable, Codable {
    /// By none of these smarthosts' hosts.
    case direct(not: [String])
    case via(hosts: [String], port: Int, tls: TLSPolicy, login: Bool)
    /// A list on the host decides between these.
    case oneOf([ExpectedRoute])

    /// The smarthosts' hosts that it speaks of.
    package var hosts: [String] {
        switch self {
        case .direct(let hosts), .via(let hosts, _, _, _): hosts
        case .oneOf(let routes): routes.flatMap(\.hosts)
        }
    }
}

extension Routes {
    /// The way of a message from `sender` to `recipient`, as it must show in the mail server's log.
    package func expectedRoute(from sender: String, to recipient: String) -> ExpectedRoute {
        switch route(from: sender, to: recipient) {
        case .decided(let decision): expected(decision)
        case .oneOf(let decisions): .oneOf(decisions.map(expected))
        }
    }

    private func expected(_ decision: RouteAnswer.Decision) -> ExpectedRoute {
        switch decision.route {
        case .direct: .direct(not: smarthosts.flatMap(\.hosts).sorted())
        case .via(let smarthost):
            .via(hosts: smarthost.hosts, port: smarthost.port, tls: smarthost.tls, login: decision.login != .none)
        }
    }
}
