/// The ways of a playbook that test messages to one recipient can show, and those that they cannot.
struct ProofWays {
    /// Beside the test message itself, one for each further way.
    private(set) var others: [Proof.Other] = []
    /// Words for the ways that no message to this recipient takes.
    private(set) var unproved: [String] = []

    /// A smarthost and who logs in there.
    private struct Way: Hashable {
        var smarthost: String
        var username: String?

        init(_ smarthost: Smarthost, _ username: String?) {
            self.smarthost = smarthost.name
            self.username = username
        }

        init?(_ decision: RouteAnswer.Decision) {
            guard case .via(let smarthost) = decision.route else { return nil }
            if case .of(let login) = decision.login {
                self.init(smarthost, login.username)
            } else {
                self.init(smarthost, nil)
            }
        }
    }

    /// `local`: A sender of the host's that is most likely in no row.
    init(_ routes: Routes, of request: TestMessageRequest, from sender: String, local: String) {
        let table = RouteTable(routes)
        let decide = { (sender: String) -> RouteAnswer.Decision? in
            guard case .decided(let decision) = table.route(from: sender, to: request.to) else { return nil }
            return decision
        }
        var seen = Set([decide(sender)].compactMap { $0.flatMap { Way($0) } })
        var left = request.atMost - 1
        let senders = routes.senders.map { row -> (from: String, words: String) in
            switch row.sender {
            case .address(let address): (from: address, words: "`\(address)`")
            case .domain(let domain): (from: "postmaster@\(domain)", words: "`@\(domain)`")
            }
        }
        let rows: [(from: String, words: String)] = [(from: local, words: "the default route")] + senders
        var leftOut = 0
        for (from, words) in rows {
            guard let decision = decide(from), let way = Way(decision), !seen.contains(way) else { continue }
            seen.insert(way)
            guard left > 0 else {
                leftOut += 1
                continue
            }
            left -= 1
            others.append(
                Proof.Other(from: from, route: routes.expectedRoute(from: from, to: request.to), way: words)
            )
        }
        if leftOut > 0 { unproved.append("\(leftOut) more, as `verify: at-most` is \(request.atMost)") }
        unproved += Self.asked(routes).filter { seen.insert($0.way).inserted }.map(\.words)
    }

    /// Every way that some row or the default asks for, with the first that does.
    private static func asked(_ routes: Routes) -> [(way: Way, words: String)] {
        var rows: [(route: Route, login: Login?, words: String)] = [(routes.defaultRoute, nil, "the default route")]
        rows += routes.recipients.map { (route: $0.route, login: nil, words: $0.domain.words) }
        rows += routes.senders.map { (route: $0.route, login: $0.login, words: "`\($0.sender)`") }
        return rows.compactMap { row in
            guard case .via(let smarthost) = row.route else { return nil }
            return (Way(smarthost, (row.login ?? smarthost.login)?.username), row.words)
        }
    }
}

extension DomainPattern {
    fileprivate var words: String {
        switch self {
        case .exactly(let domain): "`\(domain)`"
        case .subdomains(let domain): "`.\(domain)`"
        }
    }
}

extension ProofWays {
    /// What is said of the routes that are not proved.
    func note(on request: TestMessageRequest) -> String {
        let shown =
            unproved.prefix(5).joined(separator: ", ") + (unproved.count > 5 ? " and \(unproved.count - 5) more" : "")
        return "no test message to `\(request.to)` takes these routes, so they are not proved: \(shown)"
    }
}
