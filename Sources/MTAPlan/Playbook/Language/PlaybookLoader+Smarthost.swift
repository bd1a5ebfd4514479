extension PlaybookLoader {
    /// A smarthost with its provider's values where the file gives none.
    mutating func smarthost(named name: String, _ pair: YAMLNode.Pair) -> Smarthost {
        let node = pair.value
        let preset = node["provider"]?.text.flatMap { ProviderPreset.named($0) }
        var smarthost = Smarthost(name: name, hosts: hosts(node), provider: preset?.name)
        if smarthost.hosts.isEmpty, node["host"] == nil, node["hosts"] == nil, let preset {
            smarthost.hosts = presetHosts(preset, node)
        }
        smarthost.port = node["port"]?.integer ?? preset?.port ?? smarthost.port
        smarthost.login = login(node["login"], what: "at smarthost \(name)")
        // Whoever is in the middle would be handed the password, so with one the smarthost has to say who it is.
        let isTold = node["login"] != nil || loggedInto.contains(name)
        smarthost.tls = word(node["tls"], TLSPolicy.self) ?? (isTold ? .verified : preset?.tls ?? smarthost.tls)
        check(smarthost, node, preset)
        return smarthost
    }

    /// The smarthosts that rows of senders, or a list of logins, log in to.
    static func loggedInto(_ root: YAMLNode) -> Set<String> {
        var names: Set<String> = []
        for routes in (root["plays"]?.list ?? []).compactMap({ $0["routes"] }) {
            let rows = (routes["senders"]?.pairs ?? []).map(\.value).filter { $0["login"] != nil }
            let lists = [routes["senders-file"]].compactMap { $0 }.filter { $0["logins"] != nil }
            names.formUnion((rows + lists).compactMap { $0["via"]?.text })
        }
        return names
    }

    private mutating func hosts(_ node: YAMLNode) -> [String] {
        let nodes = node["hosts"]?.list ?? node["host"].map { [$0] } ?? []
        var hosts: [String] = []
        for node in nodes {
            guard let host = value(node, by: HostAddress.parse) else { continue }
            if hosts.contains(host) { complain(node.place, "`\(host)` is listed twice in `hosts`", hint: "remove one") }
            hosts.append(host)
        }
        return hosts
    }

    private mutating func presetHosts(_ preset: ProviderPreset, _ node: YAMLNode) -> [String] {
        let region = node["region"]?.text ?? ""
        if let hosts = preset.hosts[region] { return hosts }
        let place = node.pair("provider")?.value.place ?? node.place
        if region.isEmpty || preset.regions.isEmpty {
            complain(
                place,
                "\(preset.title) has no smarthost that all customers share",
                hint: preset.hostHint ?? "write `host`"
            )
        }
        return []
    }

    private mutating func check(_ smarthost: Smarthost, _ node: YAMLNode, _ preset: ProviderPreset?) {
        if smarthost.tls == .none, node["login"] != nil {
            complain(
                node.pair("tls")?.value.place ?? node.place,
                "a password would cross the network in clear text",
                hint: "write `tls: required`, or remove `login`"
            )
        }
        if let region = node["region"], let word = region.text {
            if let preset, preset.hosts[word] == nil {
                let hint =
                    preset.regions.isEmpty ? "remove `region`" : Spelling.hint(for: word, in: preset.regions)
                complain(region.place, "\(preset.title) has no region `\(word.shortened)`", hint: hint)
            } else if node["provider"] == nil {
                complain(region.place, "`region` needs a `provider`", hint: "write `provider` as well, or remove it")
            }
        }
    }
}
