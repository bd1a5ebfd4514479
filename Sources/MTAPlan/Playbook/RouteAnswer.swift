/// The way that one message takes by a playbook's routes.
///
/// Mail for the host's own domains is outside this: which those are is not in a playbook.
package enum RouteAnswer: Sendable, Hashable {
    case decided(Decision)
    /// It depends on a list on the host, which is not known here: one of these, the list's own way first.
    case oneOf([Decision])

    package struct Decision: Sendable, Hashable {
        package var route: Route
        package var login: Login
        package var reason: Reason

        /// What the smarthost is told about who sends.
        package enum Login: Sendable, Hashable {
            /// Nothing: direct mail, or a smarthost that accepts the host by its address.
            case none
            case of(MTAPlan.Login)
            /// In a list on the host.
            case listed(inFile: String)
        }
    }

    /// Which part of the routes decided.
    package enum Reason: Sendable, Hashable {
        case recipient(DomainPattern)
        case bounce
        case sender(SenderPattern)
        case sendersFile
        case `default`
    }
}

extension Routes {
    /// The way of a message, by its envelope.
    ///
    /// Rows for the recipient's domain win: the domain itself, then the nearest domain that it is below. Then, for the
    /// empty sender, `bounces`. Then rows for the sender: the address, then its domain. Then the list of senders on
    /// the host, of which only the host knows what is in it; it may name an address where a row names its domain.
    /// Upper and lower case are the same.
    ///
    /// The empty sender is `nil`, `""` or `"<>"`. The recipient is an address, or only its domain.
    package func route(from sender: String?, to recipient: String) -> RouteAnswer {
        let domain = MailAddress.split(recipient)?.domain ?? recipient.lowercased()
        if let row = recipientRow(domain) { return .decided(.init(row.route, .recipient(row.domain))) }
        guard let sender, !sender.isEmpty, sender != "<>" else {
            return .decided(.init(bounces == .direct ? .direct : defaultRoute, .bounce))
        }
        let row = senderRow(sender)
        let decision = row.map { RouteAnswer.Decision($0.route, .sender($0.sender), login: $0.login) }
        if case .address = row?.sender, let decision { return .decided(decision) }
        guard let sendersFile else { return .decided(decision ?? .init(defaultRoute, .default)) }
        var listed = RouteAnswer.Decision(.via(sendersFile.smarthost), .sendersFile)
        if let logins = sendersFile.logins { listed.login = .listed(inFile: logins) }
        return .oneOf([listed, decision ?? .init(defaultRoute, .default)])
    }

    /// The row that decides for a recipient's domain.
    package func recipientRow(_ domain: String) -> RecipientRow? {
        if let row = recipients.first(where: { $0.domain == .exactly(domain) }) { return row }
        var rest = domain[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            let parent = DomainPattern.subdomains(of: String(rest))
            if let row = recipients.first(where: { $0.domain == parent }) { return row }
        }
        return nil
    }

    /// The row that decides for an envelope sender that is not empty.
    package func senderRow(_ sender: String) -> SenderRow? {
        guard let (local, domain) = MailAddress.split(sender) else { return nil }
        let address = "\(local)@\(domain)".lowercased()
        return senders.first { $0.sender.folded == address } ?? senders.first { $0.sender == .domain(domain) }
    }
}

extension RouteAnswer.Decision {
    fileprivate init(_ route: Route, _ reason: RouteAnswer.Reason, login: MTAPlan.Login? = nil) {
        self.route = route
        self.reason = reason
        switch route {
        case .direct: self.login = .none
        case .via(let smarthost): self.login = (login ?? smarthost.login).map { .of($0) } ?? .none
        }
    }
}
