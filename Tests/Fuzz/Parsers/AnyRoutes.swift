import MTAPlan
import Support

extension Routes {
    static let secrets = Secrets([
        .environment("FILTER"): Secret(Poison.password),
        .environment("BOSS"): Secret("p0is0n"),
    ])

    /// Routes as a playbook could have them.
    static func any(_ choices: inout Choices) -> Routes {
        var routes = Routes(defaultRoute: route(&choices))
        if choices.maybe() { routes.bounces = .default }
        if choices.number(below: 3) == 1 { routes.recipients = recipients(&choices) }
        if choices.number(below: 3) == 1 { routes.senders = senders(&choices) }
        if choices.number(below: 8) == 1 {
            routes.returnPath = ReturnPathRewrite(
                to: "valid@example.com",
                senders: ["*.bounce+tag@a.example", "x@y.example"]
            )
        }
        if choices.number(below: 8) == 1 { routes.localDomains = .relay(fromSmarthost: ["192.0.2.10"]) }
        return routes
    }

    private static func recipients(_ choices: inout Choices) -> [RecipientRow] {
        let domains: [DomainPattern] = [
            .exactly("example.org"), .subdomains(of: "example.org"), .exactly("xn--bcher-kva.example"),
        ]
        return domains.prefix(1 + choices.number(below: 3)).map { RecipientRow(domain: $0, route: route(&choices)) }
    }

    private static func senders(_ choices: inout Choices) -> [SenderRow] {
        let senders: [SenderPattern] = [
            .domain("example.com"), .address("boss@example.com"), .address("o'b{r}\"$i.*en@example.com"),
        ]
        return senders.prefix(1 + choices.number(below: 3)).map { sender in
            let route = route(&choices)
            guard case .via = route, choices.maybe() else { return SenderRow(sender: sender, route: route) }
            let login = Login(username: "boss", password: .environment("BOSS"))
            return SenderRow(sender: sender, route: route, login: login)
        }
    }

    private static func route(_ choices: inout Choices) -> Route {
        choices.one(of: [.via(filter), .via(plain), .via(verified), .direct])
    }

    private static let login = Login(username: "out@example.com", password: .environment("FILTER"))
    private static let filter = Smarthost(name: "filter", hosts: ["outgoing.example.net"], login: login)
    private static let plain = Smarthost(name: "plain", hosts: ["192.0.2.20"], port: 25, tls: .none)
    private static let verified = Smarthost(name: "ver-i_fied", hosts: ["a.example.net"], port: 465, tls: .verified)
}
