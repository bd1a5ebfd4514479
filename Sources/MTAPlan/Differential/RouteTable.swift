/// A playbook's routes with their rows by key, for many questions.
///
/// Law: it answers as `Routes.route(from:to:)` does.
struct RouteTable: Sendable {
    private let routes: Routes
    private let recipients: [DomainPattern: RecipientRow]
    private let senders: [String: SenderRow]

    init(_ routes: Routes) {
        self.routes = routes
        recipients = Dictionary(routes.recipients.map { ($0.domain, $0) }) { first, _ in first }
        senders = Dictionary(routes.senders.map { ($0.sender.folded, $0) }) { first, _ in first }
    }

    /// The same with the rows that can decide for the message alone.
    func route(from sender: String, to recipient: String) -> RouteAnswer {
        var few = routes
        let domain = MailAddress.split(recipient)?.domain ?? recipient.lowercased()
        var patterns = [DomainPattern.exactly(domain)]
        var rest = domain[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            patterns.append(.subdomains(of: String(rest)))
        }
        few.recipients = patterns.compactMap { recipients[$0] }
        let keys = MailAddress.split(sender).map { ["\($0.local)@\($0.domain)".lowercased(), "@\($0.domain)"] } ?? []
        few.senders = keys.compactMap { senders[$0] }
        return few.route(from: sender, to: recipient)
    }
}
