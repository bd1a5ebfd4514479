/// Makes a playbook of a file's nodes.
///
/// Whatever is not of the described shape has been complained about before, and is skipped here; so everything
/// that is wrong with a file is found at once.
struct PlaybookLoader {
    /// Where relative paths start.
    let folder: String
    private let language: PlaybookLanguage
    var complaints: [Complaint] = []
    /// By name; also those with faults, so that a route to one is no second fault.
    private(set) var smarthosts: [String: Smarthost] = [:]
    private var smarthostNames: [String] = []
    /// Those that senders log in to as themselves.
    private(set) var loggedInto: Set<String> = []

    init(folder: String, language: PlaybookLanguage) {
        self.folder = folder
        self.language = language
    }

    mutating func playbook(_ root: YAMLNode) -> Playbook {
        loggedInto = Self.loggedInto(root)
        for pair in root["smarthosts"]?.pairs ?? [] {
            guard let name = pair.key.text else { continue }
            smarthostNames.append(name)
            smarthosts[name] = smarthost(named: name, pair)
        }
        let plays = root["plays"]?.list ?? []
        return Playbook(
            plays: plays.map { play($0) },
            verify: root["verify"].flatMap { verify($0) },
            rollout: rollout(root["rollout"], verify: root["verify"].flatMap { verify($0) }),
            smarthosts: smarthostNames.compactMap { smarthosts[$0] }
        )
    }

    mutating func complain(_ place: Place, _ problem: String, hint: String? = nil) {
        complaints.append(Complaint(place, problem, hint: hint))
    }

    private mutating func play(_ node: YAMLNode) -> Play {
        let hosts = (node["hosts"]?.list ?? node["hosts"].map { [$0] } ?? []).compactMap(\.text).joined(separator: ",")
        return Play(
            name: node["name"]?.text ?? hosts,
            hosts: hosts,
            mta: node["mta"]?.text.map { MailServerChoice($0) } ?? .auto,
            routes: node["routes"].map { routes($0) } ?? Routes(),
            extras: extras(node)
        )
    }

    private func extras(_ node: YAMLNode) -> ServerExtras {
        var extras = ServerExtras()
        for section in language.sections {
            if let node = node[section.key] { extras.add(section.init(SectionReader(node, folder: folder))) }
        }
        return extras
    }

    private func verify(_ node: YAMLNode) -> TestMessageRequest? {
        guard let to = value(node["to"], by: MailAddress.parse) else { return nil }
        let from = value(node["from"], by: MailAddress.parseAddressOrLocalPart)
        var request = TestMessageRequest(to: to, from: from == "root" ? nil : from)
        if let within = value(node["within"], by: DurationText.parse) { request.within = within }
        request.atMost = node["at-most"]?.integer ?? request.atMost
        return request
    }

    private mutating func rollout(_ node: YAMLNode?, verify: TestMessageRequest?) -> RolloutPolicy {
        var policy = RolloutPolicy()
        if let waves = node?["waves"]?.list { policy.waves = waves.compactMap { amount($0) } }
        if let failures = node?["max-failures"].flatMap({ amount($0) }) { policy.maxFailures = failures }
        if let pause = value(node?["pause"], by: DurationText.parse) { policy.pause = pause }
        if let revertAfter = value(node?["revert-after"], by: DurationText.parse) {
            policy.revertAfter = revertAfter
            let least = (verify?.within ?? .zero) + .seconds(10)
            if revertAfter < least, let place = node?["revert-after"]?.place {
                complain(
                    place,
                    "hosts would put themselves back while they are still being verified",
                    hint: "write at least \(least.components.seconds)s: ten seconds more than `verify: within`"
                )
            }
        }
        if let onAbort = word(node?["on-abort"], RolloutPolicy.OnAbort.self) { policy.onAbort = onAbort }
        return policy
    }

    private func amount(_ node: YAMLNode) -> RolloutPolicy.Amount? {
        node.integer.map { .count($0) } ?? value(node, by: RolloutPolicy.Amount.parsePercentage)
    }

    func login(_ node: YAMLNode?, what: String) -> Login? { Login(node, folder: folder, what: what) }

    func value<Value>(_ node: YAMLNode?, by parse: (String) throws(TextForm.Fault) -> Value) -> Value? {
        node?.value(by: parse)
    }

    func word<Value: RawRepresentable<String>>(_ node: YAMLNode?, _: Value.Type) -> Value? { node?.word() }

    /// The smarthost of that name, with a complaint where there is none.
    mutating func smarthost(_ node: YAMLNode?) -> Smarthost? {
        guard let node, let name = node.text else { return nil }
        if let smarthost = smarthosts[name] { return smarthost }
        let hint =
            smarthostNames.isEmpty
            ? "define it under `smarthosts`" : Spelling.hint(for: name, in: smarthostNames + ["direct"])
        complain(node.place, "there is no smarthost `\(name.shortened)`", hint: hint)
        return nil
    }
}

extension Login {
    /// A login, or `nil` where the node is not one; that has been said already.
    init?(_ node: YAMLNode?, folder: String, what: String) {
        guard let username = node?["username"]?.text, let password = node?["password"]?.text else { return nil }
        let asked = "password of \(username.shortened) \(what)"
        do throws(TextForm.Fault) {
            self.init(
                username: username,
                password: try SecretReference.parse(password, folder: folder, what: asked)
            )
        } catch {
            return nil
        }
    }
}

extension YAMLNode {
    /// What a text means, or `nil` where it is none or means nothing; that has been said already.
    func value<Value>(by parse: (String) throws(TextForm.Fault) -> Value) -> Value? {
        guard let text else { return nil }
        do throws(TextForm.Fault) { return try parse(text) } catch { return nil }
    }

    func word<Value: RawRepresentable<String>>() -> Value? { text.flatMap { Value(rawValue: $0) } }
}
