import Drivers
import Foundation
import MTAPlan
import MailServers
import Support

extension Parser {
    /// Planning for hosts that are changed by calls: every answer of theirs may be spoilt.
    static let objectPlans: [Parser] = ObjectHosts.all.map { hosts in
        Parser("\(hosts.name) configuration") { choices in
            let facts = hosts.spoilt(&choices)
            let (routes, extras) = (
                choices.number(below: 4) == 1 ? Routes.any(&choices) : Routes.calm(&choices, hosts),
                hosts.extras(&choices)
            )
            _ = (hosts.server.recognition.version(facts), hosts.server.survey(facts), hosts.server.trace.log(facts))
            if let sender = hosts.server.sender(facts) { try demandShowable(Printable.line(sender), "a sender") }
            try hosts.hold(facts, routes, extras)
            var random = SeededRandom(seed: choices.number(below: 1 << 20))
            let next = { Int(random.next() >> 33) }
            let secret = PlantedSecret(kind: choices.number(below: 5), next)
            guard let (planted, place) = secret.plantedInAnswers(of: facts, next) else { return }
            for text in try hosts.server.shown(routes, extras: extras, planted, ObjectHosts.secrets) {
                try demand(!secret.isIn(text), "\(secret.text) of \(place) is shown:\n\(text)")
            }
        }
    }
}

/// Hosts of a product that is changed by calls, and what is asked of them.
private struct ObjectHosts: Sendable {
    let name: String
    let server: any MailServer
    private let facts: [Facts]
    private let words: [[UInt8]]
    private let settings: [any ServerSettings]

    init(_ name: String, of server: String, _ facts: [Facts], _ settings: [any ServerSettings] = []) {
        guard let known = Catalog.all.first(where: { $0.name == server }) else {
            preconditionFailure("\(server) is not in the catalogue")
        }
        (self.name, self.server, self.facts, self.settings) = (name, known, facts, settings)
        let texts = Set(
            facts.flatMap { $0.objects.values.flatMap(\.objects).flatMap { $0.properties.values.flatMap(\.texts) } }
        )
        words =
            Parser.jsonWords + texts.sorted().map { [UInt8]($0.utf8) }
            + [
                "True", "False", "SMTP:*;1", "x400:*;1", "smtp:--;100", "(9 bytes)", "1.00:00:00", "CN=EX01,CN=x", "--",
                "[mtactl]",
            ].map { [UInt8]($0.utf8) }
    }

    static let secrets = Secrets([
        .environment("FILTER"): Secret(Poison.password), .environment("BOSS"): Secret("p0is0n"),
        .environment("SPARING"): Secret("p0is0n!#x"), .file("profile.yml"): Secret(MailEnableSample.profile.text),
    ])

    static let all: [ObjectHosts] = [
        ObjectHosts(
            "exchange",
            of: "exchange",
            ExchangeOrganization.Release.allCases.flatMap { ExchangeOrganizations($0).all.map(\.facts) },
            exchange
        ),
        ObjectHosts("mailenable", of: "mailenable", mailEnable, [profile]),
        ObjectHosts("icewarp on Windows", of: "icewarp", iceWarp),
        ObjectHosts("kerio", of: "kerio", kerio, kerioSettings),
    ]

    private static let exchange: [ExchangeSettings] = {
        var named = ExchangeSettings()
        (named.connector, named.replaceOthers, named.keep) = ("Relay", .disable, ["Journal"])
        named.heloName = "helo.example.net"
        var other = ExchangeSettings()
        (other.connector, other.sourceServers, other.maxMessageBytes) = (
            "Provider", ["EX01", "ex02.example.com"], .max
        )
        return [ExchangeSettings(), named, other]
    }()

    private static let profile: MailEnableSettings = {
        var settings = MailEnableSettings()
        settings.profile = "profile.yml"
        return settings
    }()

    private static let mailEnable = [
        MailEnableSample.facts(),
        MailEnableSample.facts([
            "Egress Address": ("String", "old.example.net"), "Account": ("String", "theirs"),
            "AuthMode": ("String", "Yes"),
            "Egress": ("DWord", "0"),
        ]),
    ]

    private static let iceWarp = [
        IceWarpSample.facts(),
        IceWarpSample.facts(
            [
                "C_Mail_SMTP_General_RelayMailServer": "boss:oldsecret@old.example.net:26;b.example.net",
                "C_Mail_SMTP_General_DeliveryMode": "0",
            ],
            files: ["redirect.dat"]
        ),
    ]

    private static let kerio =
        [RelayRules([]), RelayRules(KerioSample.several)].map { KerioSample.facts($0) } + [
            KerioSample.facts(RelayRules(KerioSample.several), usesTLS: false)
        ]

    private static let kerioSettings: [KerioSettings] = {
        var settings = KerioSettings()
        settings.rulePasswords = ["with login": .environment("BOSS")]
        var keeping = settings
        (keeping.replaceOthers, keeping.keep) = (.disable, ["partner"])
        return [settings, keeping]
    }()

    func extras(_ choices: inout Choices) -> ServerExtras {
        settings.isEmpty ? ServerExtras() : ServerExtras(choices.one(of: settings))
    }

    var tls: [TLSPolicy] {
        server.name == "exchange" ? [.required, .opportunistic, .none, .verified] : [.opportunistic]
    }
}

extension Routes {
    /// What most of these products can do.
    fileprivate static func calm(_ choices: inout Choices, _ hosts: ObjectHosts) -> Routes {
        let login = Login(username: "out@example.com", password: .environment("SPARING"))
        let smarthost = Smarthost(
            name: "filter",
            hosts: ["outgoing.example.net"],
            port: choices.one(of: [587, 25]),
            tls: choices.one(of: hosts.tls),
            login: choices.maybe() ? login : nil
        )
        var routes = Routes(defaultRoute: choices.number(below: 8) == 1 ? .direct : .via(smarthost), bounces: .default)
        if choices.number(below: 4) == 1 {
            routes.recipients = [RecipientRow(domain: .exactly("example.org"), route: .via(smarthost))]
        }
        return routes
    }
}

// MARK: Hosts that somebody has been at

extension ObjectHosts {
    func spoilt(_ choices: inout Choices) -> Facts {
        var facts = choices.one(of: facts)
        for _ in 0..<choices.number(below: 5) {
            let keys = facts.objects.keys.sorted()
            if !keys.isEmpty {
                let key = choices.one(of: keys)
                spoil(&facts.objects[key, default: .objects([])], &choices)
            }
            let calls = facts.calls.keys.sorted()
            if !calls.isEmpty {
                let key = choices.one(of: calls)
                if let answer = spoilt(facts.calls[key], &choices) { facts.calls[key] = answer }
            }
        }
        return facts
    }

    private func spoil(_ answer: inout PowerShellAnswer, _ choices: inout Choices) {
        guard case .objects(var objects) = answer, choices.number(below: 16) > 0 else {
            let words = String(decoding: choices.one(of: words), as: UTF8.self)
            return answer = choices.one(of: [.unknownCmdlet, .failed(words), .objects([])])
        }
        let index = choices.number(below: objects.count)
        switch choices.number(below: 8) {
        case 0 where !objects.isEmpty: objects.remove(at: index)
        case 1 where !objects.isEmpty: objects.append(objects[index])
        case _ where !objects.isEmpty: spoil(&objects[index], &choices)
        default: objects.append(PowerShellObject(["Name": .text("x"), "Value": .text("y")]))
        }
        answer = .objects(objects)
    }

    private func spoil(_ object: inout PowerShellObject, _ choices: inout Choices) {
        let names = object.properties.keys.sorted()
        guard !names.isEmpty else { return }
        let name = choices.one(of: names)
        var texts = object.texts(name)
        switch choices.number(below: 8) {
        case 0: object.properties[name] = nil
        case 1: object.properties[name] = .nothing
        case 2: object.properties[name] = .list(texts + [String(decoding: choices.one(of: words), as: UTF8.self)])
        default:
            if texts.isEmpty { texts = [""] }
            let index = choices.number(below: texts.count)
            var bytes = Array(texts[index].utf8)
            choices.edit(&bytes, with: words)
            texts[index] = String(decoding: bytes, as: UTF8.self)
            object.properties[name] = texts.count == 1 && choices.number(below: 4) > 0 ? .text(texts[0]) : .list(texts)
        }
    }

    /// The answer with its JSON spoilt, as it is understood then; `nil` where it is not.
    private func spoilt(_ answer: APIAnswer?, _ choices: inout Choices) -> APIAnswer? {
        guard case .result(let value)? = answer,
            let bytes = try? JSONEncoder().encode(["id": .integer(1), "result": value] as [String: APIValue])
        else { return nil }
        var body = Array(bytes)
        choices.edit(&body, with: words)
        return try? APISession.read(body, number: 1)
    }
}

// MARK: Laws

extension ObjectHosts {
    func hold(_ facts: Facts, _ routes: Routes, _ extras: ServerExtras) throws {
        let proposal: Proposal
        do throws(Failure) {
            proposal = try server.proposal(for: routes, extras: extras, given: facts, secrets: Self.secrets)
        } catch { return try demandWords(error) }
        // What no host can be told is refused by the planner.
        guard proposal.work.unsafeArgument == nil else { return }
        for note in proposal.notes { try demandShowable(Printable.line(note), "a note") }
        for edit in proposal.edits { try demandShowable(edit.name + edit.diff, "an edit") }
        for command in proposal.work.commands { try demandShowable("\(command)", "a command") }
        for text in try server.shown(routes, extras: extras, facts, Self.secrets) {
            try demand(!Poison.isIn(text), "a secret is shown: \(text)")
        }
        try demand(
            proposal.edits.isEmpty == proposal.work.commands.isEmpty,
            "edits without work: \(planText(of: proposal))"
        )
        // A plan that is saved and read on the host that it was made for does the same.
        let filled: Work?
        do throws(Failure) { filled = try proposal.work.filled(from: facts, secrets: Self.secrets) } catch {
            return try demandWords(error)
        }
        try demand(filled == nil || filled == proposal.work, "the work changes as it is filled")
    }
}
