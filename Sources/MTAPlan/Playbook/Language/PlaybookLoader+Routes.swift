extension PlaybookLoader {
    mutating func routes(_ node: YAMLNode) -> Routes {
        var routes = Routes()
        routes.defaultRoute = node["default"].flatMap { route($0) } ?? .direct
        routes.recipients = recipients(node["recipients"])
        routes.senders = senders(node["senders"])
        routes.sendersFile = node["senders-file"].flatMap { sendersFile($0) }
        routes.bounces = word(node["bounces"], BounceRoute.self) ?? .direct
        routes.localDomains = localDomains(node)
        routes.returnPath = node["rewrite-return-path"].flatMap { returnPath($0) }
        return routes
    }

    private mutating func route(_ node: YAMLNode?) -> Route? {
        if node?.text == "direct" { return .direct }
        return smarthost(node).map { .via($0) }
    }

    private mutating func recipients(_ node: YAMLNode?) -> [RecipientRow] {
        var rows: [RecipientRow] = []
        var seen: [DomainPattern: YAMLNode] = [:]
        for pair in node?.pairs ?? [] {
            let route = route(pair.value)
            guard let domain = value(pair.key, by: DomainPattern.parse) else { continue }
            if let first = seen[domain] {
                complainOfSame(pair.key, as: first, "domain")
                continue
            }
            seen[domain] = pair.key
            if let route { rows.append(RecipientRow(domain: domain, route: route)) }
        }
        return rows
    }

    private mutating func senders(_ node: YAMLNode?) -> [SenderRow] {
        var rows: [SenderRow] = []
        var seen: [String: YAMLNode] = [:]
        for pair in node?.pairs ?? [] {
            let row = pair.value
            let isScalar = row.pairs == nil
            let route = route(isScalar ? row : row["via"])
            guard let sender = value(pair.key, by: SenderPattern.parse) else { continue }
            if let first = seen[sender.folded] {
                complainOfSame(pair.key, as: first, "sender")
                continue
            }
            seen[sender.folded] = pair.key
            let login = login(row["login"], what: "for \(sender)")
            checkLogin(row, route)
            if let route { rows.append(SenderRow(sender: sender, route: route, login: login)) }
        }
        return rows
    }

    private mutating func complainOfSame(_ key: YAMLNode, as first: YAMLNode, _ noun: String) {
        complain(
            key.place,
            "`\(key.scalar?.shortened ?? "")` is the same \(noun) as `\(first.scalar?.shortened ?? "")` on line \(first.place.line)",
            hint: "remove one"
        )
    }

    private mutating func checkLogin(_ row: YAMLNode, _ route: Route?) {
        guard let login = row.pair("login") else { return }
        switch route {
        case .direct:
            complain(login.key.place, "mail that goes `direct` has no login", hint: "remove `login`")
        case .via(let smarthost) where smarthost.tls == .none:
            complain(
                login.key.place,
                "a password would cross the network in clear text",
                hint: "write `tls: required` for `\(smarthost.name)`, or remove `login`"
            )
        case .via, nil: break
        }
    }

    private mutating func sendersFile(_ node: YAMLNode) -> SendersFile? {
        guard let path = node["path"]?.text, let via = node["via"] else { return nil }
        if via.text == "direct" {
            complain(
                via.place,
                "senders of a list take a smarthost, not `direct`",
                hint: "name a smarthost of this file"
            )
            return nil
        }
        guard let smarthost = smarthost(via) else { return nil }
        if let logins = node.pair("logins"), smarthost.tls == .none {
            complain(
                logins.key.place,
                "passwords would cross the network in clear text",
                hint: "write `tls: required` for `\(smarthost.name)`, or remove `logins`"
            )
        }
        return SendersFile(path: path, smarthost: smarthost, logins: node["logins"]?.text)
    }

    private mutating func localDomains(_ node: YAMLNode) -> LocalDomains {
        let addresses = node["from-smarthost"]
        guard node["local-domains"]?.text == "relay" else {
            if let addresses = node.pair("from-smarthost") {
                complain(
                    addresses.key.place,
                    "`from-smarthost` has no effect without `local-domains: relay`",
                    hint: "write that as well, or remove it"
                )
            }
            return .keep
        }
        guard let addresses else {
            complain(
                node.pair("local-domains")?.key.place ?? node.place,
                "mail for the host's own domains would loop",
                hint: "write `from-smarthost: [ADDRESS, …]`: mail that comes from there is delivered on the host"
            )
            return .keep
        }
        return .relay(fromSmarthost: (addresses.list ?? []).compactMap { value($0, by: HostAddress.parseNetwork) })
    }

    private func returnPath(_ node: YAMLNode) -> ReturnPathRewrite? {
        guard let to = value(node["to"], by: MailAddress.parse), let senders = node["senders"]?.list else { return nil }
        return ReturnPathRewrite(to: to, senders: senders.compactMap { value($0, by: MailAddress.parsePattern) })
    }
}
