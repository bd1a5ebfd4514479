/// How a mail server handles a set of messages as it is, and how it would with a plan done.
///
/// Only the differences that the playbook asks for may be there. A server's own definition answers; what is asked for is
/// judged here, the same for all.
package struct Differential: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var probe: Probe
        /// Without anything of ours, where a host has it already.
        package var before: Handling
        package var after: Handling
        /// Whether a row or rule of the host's own names the recipient, so that it decides before any default.
        package var isNamed: Bool

        package init(_ probe: Probe, before: Handling, after: Handling, isNamed: Bool = false) {
            self.probe = probe
            self.before = before
            self.after = after
            self.isNamed = isNamed
        }
    }

    package var entries: [Entry]
    /// What cannot be determined, and why: one sentence each.
    package var unknown: [String]

    package init(_ entries: [Entry], unknown: [String] = []) {
        self.entries = entries
        self.unknown = unknown
    }

    /// The first message that would be handled in a way that the playbook does not ask for, or not in the one that it does.
    ///
    /// `glossary`: Chooses what is shown of the host's words.
    package func objection(to routes: Routes, by glossary: Glossary) -> Failure? {
        let table = RouteTable(routes)
        for entry in entries {
            if let objection = entry.objection(Asked(of: entry, table, routes), routes) {
                return objection.failure(of: entry.shown { glossary.value($0) })
            }
        }
        return nil
    }

    /// The same as it is shown.
    package func shown(by glossary: Glossary) -> Differential {
        // The same few values are in most entries.
        var known: [String: String] = [:]
        let shown = entries.map { entry in
            entry.shown { text in
                if let value = known[text] { return value }
                let value = glossary.value(text)
                known[text] = value
                return value
            }
        }
        return Differential(shown, unknown: unknown.map(glossary.sentence))
    }
}

extension Differential {
    /// What a playbook says of one message.
    fileprivate enum Asked {
        case nothing
        /// One of these: a list on the host may decide between two.
        case oneOf([RouteAnswer.Decision])

        /// Whether a row of the playbook names the recipient.
        var isByRecipient: Bool {
            guard case .oneOf(let decisions) = self else { return false }
            return decisions.contains { if case .recipient = $0.reason { true } else { false } }
        }

        init(of entry: Entry, _ table: RouteTable, _ routes: Routes) {
            let relaysOwn = if case .relay = routes.localDomains { true } else { false }
            if entry.before.place == .host, !relaysOwn || entry.probe.origin == .filter {
                self = .nothing
                return
            }
            let decisions =
                switch table.route(from: entry.probe.sender, to: entry.probe.recipient) {
                case .decided(let decision): [decision]
                case .oneOf(let decisions): decisions
                }
            // As the default, `direct` means no change of route, and bounces then go as they went.
            let asked = decisions.filter { decision in
                guard decision.route == .direct else { return true }
                return switch decision.reason {
                case .default: false
                case .bounce: routes.defaultRoute != .direct
                case .recipient, .sender, .sendersFile: true
                }
            }
            self = asked.count == decisions.count ? .oneOf(asked) : asked.isEmpty ? .nothing : .oneOf(decisions)
        }
    }
}

extension Differential.Entry {
    /// What a route decides; the rest of an answer stays as it was, whatever the route.
    private static let ofRoute: Set<Handling.Property> = [.way, .nextHop, .port, .tls, .login]

    /// The same of mail that went to a relay: what the host's own direct transport is set to comes with it.
    private static let ofDirect = ofRoute.union([.limits, .otherOptions])

    /// What the host does with mail of its own before it delivers it.
    private static let ofHost: Set<Handling.Property> = [.decidedBefore, .copies, .refusal, .filter]

    /// What is wrong with an entry.
    fileprivate enum Objection {
        /// Parts of the answer that differ, and the playbook says nothing of them.
        case unasked([Handling.Property])
        /// The same of mail that it asks another route for.
        case unaskedBesideRoute([Handling.Property])
        /// It would not go in the way that the playbook asks for.
        case notAsAsked(String)

        func failure(of entry: Differential.Entry) -> Failure {
            switch self {
            case .unasked(let differences): .unasked(entry, differences)
            case .unaskedBesideRoute(let differences): .unaskedBesideRoute(entry, differences)
            case .notAsAsked(let way): .notAsAsked(entry, way)
            }
        }
    }

    fileprivate func shown(_ value: (String) -> String) -> Differential.Entry {
        var shown = self
        shown.probe.sender = value(probe.sender)
        shown.probe.recipient = value(probe.recipient)
        shown.before = before.mapValues(value)
        shown.after = after.mapValues(value)
        return shown
    }

    /// Whether a filter or a hold, the same as before, has the message before any route: what it does with it is not ours.
    private var isDecidedElsewhere: Bool { after.place == .elsewhere && before == after }

    fileprivate func objection(_ asked: Differential.Asked, _ routes: Routes) -> Objection? {
        let rewrite = routes.returnPath.flatMap { $0.covers(probe.sender) ? $0.to : nil }
        if isDecidedElsewhere { return nil }
        if isNamed, before == after, !asked.isByRecipient { return nil }
        switch asked {
        case .nothing:
            return before == after ? nil : .unasked(before.differences(to: after))
        case .oneOf(let decisions):
            let results = decisions.map { objection($0, returnPath: rewrite) }
            return results.contains { $0 == nil } ? nil : results.first ?? nil
        }
    }

    /// `returnPath`: What the playbook puts in place of this sender.
    private func objection(_ decision: RouteAnswer.Decision, returnPath: String?) -> Objection? {
        var differences = before.differences(to: after)
        switch decision.route {
        case .direct:
            // What the host keeps is direct enough: a bounce to one of its own.
            if [.direct, .host].contains(before.place), before == after { return nil }
            guard after.place == .direct, after[.login] == nil || before.place == .direct else {
                return .notAsAsked("direct")
            }
            let cameFromRelay = before.place != .direct || before[.nextHop] != nil
            if cameFromRelay { differences.removeAll(where: Self.ofDirect.contains) }
        case .via(let smarthost):
            guard isThrough(smarthost, decision.login) else { return .notAsAsked("through `\(smarthost.name)`") }
            differences.removeAll(where: Self.ofRoute.contains)
            // What the host kept had none of what a transport adds.
            if before.place == .host { differences.removeAll { !Self.ofHost.contains($0) } }
            if let returnPath, after[.returnPath] == returnPath { differences.removeAll { $0 == .returnPath } }
        }
        return differences.isEmpty ? nil : .unaskedBesideRoute(differences)
    }

    /// A password goes over no connection in clear text where the playbook does not ask for that: more than is asked for.
    private func isEncrypted(as smarthost: Smarthost, _ login: RouteAnswer.Decision.Login) -> Bool {
        if after[.tls] == smarthost.tls.rawValue { return true }
        return smarthost.tls == .opportunistic && login != .none && after[.tls] == TLSPolicy.required.rawValue
    }

    private func isThrough(_ smarthost: Smarthost, _ login: RouteAnswer.Decision.Login) -> Bool {
        guard after.place == .relay, after[.nextHop] == smarthost.hosts.joined(separator: ", "),
            after[.port] == String(smarthost.port), isEncrypted(as: smarthost, login)
        else { return false }
        return switch login {
        case .none: after[.login] == nil
        case .of(let login): after[.login] == login.username
        case .listed: true
        }
    }
}

extension Failure {
    fileprivate static func unasked(_ entry: Differential.Entry, _ differences: [Handling.Property]) -> Failure {
        Failure(
            "\(entry.probe) is \(entry.before.words(of: differences)) and would be \(entry.after.words(of: differences)), "
                + "which the playbook does not ask for",
            hint: "`mtactl plan --explain` shows every probed message"
        )
    }

    fileprivate static func unaskedBesideRoute(
        _ entry: Differential.Entry,
        _ differences: [Handling.Property]
    ) -> Failure {
        Failure(
            "\(entry.probe) has \(entry.before.values(of: differences)) and would have "
                + "\(entry.after.values(of: differences)), which the playbook does not ask for",
            hint: "`mtactl plan --explain` shows every probed message"
        )
    }

    fileprivate static func notAsAsked(_ entry: Differential.Entry, _ way: String) -> Failure {
        Failure(
            "\(entry.probe) should go \(way) but would be \(entry.after)",
            hint: "`mtactl plan --explain` shows every probed message"
        )
    }
}
