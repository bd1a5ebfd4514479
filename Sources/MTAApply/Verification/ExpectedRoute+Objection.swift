package import MTAPlan

extension ExpectedRoute {
    /// What is wrong with the way that a message took, or `nil` where it is the way that was asked for.
    ///
    /// A message that went elsewhere is a failure even when it arrived.
    ///
    /// `isApplied`: Whether the host is as asked: where it is not, nothing else has to be looked for.
    package func objection(to delivery: Delivery, isApplied: Bool = true) -> Failure? {
        guard delivery.status == .delivered else { return .notDelivered(delivery) }
        switch self {
        case .oneOf(let routes):
            let objections = routes.map { $0.objection(to: delivery, isApplied: isApplied) }
            return objections.contains(nil) ? nil : objections.first ?? nil
        case .direct(let smarthosts):
            guard let relay = delivery.relay, relay.isOne(of: smarthosts) else { return nil }
            return .through(relay, insteadOf: "directly", isApplied)
        case .via(let hosts, let port, let tls, let login):
            guard let relay = delivery.relay else { return .nowhere(delivery, hosts: hosts) }
            guard relay.isOne(of: hosts), relay.port == nil || relay.port == port else {
                return .through(relay, insteadOf: "through \(hosts.joined(separator: " or ")):\(port)", isApplied)
            }
            if delivery.tls == nil, !delivery.tellsTLS { return withoutLogin(delivery, relay, asked: login) }
            if tls == .required || tls == .verified, delivery.tls == nil { return .inClear(relay) }
            if tls == .verified, delivery.tellsTLS, delivery.tls?.trust != .verified {
                return .unverified(relay, delivery)
            }
            return withoutLogin(delivery, relay, asked: login)
        }
    }

    private func withoutLogin(_ delivery: Delivery, _ relay: Delivery.Relay, asked: Bool) -> Failure? {
        asked && delivery.authenticated == false ? .withoutLogin(relay) : nil
    }
}

extension Int {
    /// `once`, `3 times`.
    var times: String { self == 1 ? "once" : "\(self) times" }
}

extension Delivery.Relay {
    fileprivate func isOne(of hosts: [String]) -> Bool {
        host.isEmpty || hosts.contains { $0.lowercased() == host.lowercased() || $0 == address }
    }
}

extension Failure {
    fileprivate static func notDelivered(_ delivery: Delivery) -> Failure {
        let by = delivery.relay.map { " by \($0.host)" } ?? ""
        let said = delivery.reply.isEmpty ? "" : ": \(Printable.line(delivery.reply))"
        switch delivery.status {
        case .delivered, .queued:
            return Failure(
                "test message still queued when the time ran out\(said)",
                hint: delivery.hint ?? "allow more time with `verify: within:`"
            )
        case .bounced, .refused:
            return Failure("test message refused\(by)\(said)", hint: delivery.hint ?? otherwise(delivery))
        case .deferred where delivery.deferrals > 0:
            return Failure(
                "test message deferred\(by) \(delivery.deferrals.times) until the time ran out\(said)",
                hint: "allow more time with `verify: within:`: greylisting smarthosts may need a few minutes"
            )
        case .deferred:
            return Failure("test message deferred\(by)\(said)", hint: delivery.hint ?? otherwise(delivery))
        }
    }

    /// Whoever refused it: a smarthost, another server, or the host's own program.
    private static func otherwise(_ delivery: Delivery) -> String {
        delivery.reply.isEmpty
            ? "the mail server did not say why: `sendmail -v` with the same sender and recipient may show it"
            : "the reply above says why"
    }

    fileprivate static func through(_ relay: Delivery.Relay, insteadOf way: String, _ isApplied: Bool) -> Failure {
        Failure(
            "test message left through \(relay) and not \(way)",
            hint: isApplied
                ? "another setting decides the route; `mtactl facts` shows those that the host has"
                : "the host is not as the playbook asks; `mtactl plan` shows the difference, `mtactl apply` corrects it"
        )
    }

    fileprivate static func nowhere(_ delivery: Delivery, hosts: [String]) -> Failure {
        Failure(
            "test message was delivered on the host itself and not through \(hosts.joined(separator: " or "))",
            hint: "`verify: to:` must be an address that is not the host's own"
        )
    }

    fileprivate static func inClear(_ relay: Delivery.Relay) -> Failure {
        Failure("test message went to \(relay) unencrypted", hint: "does the smarthost offer STARTTLS on this port?")
    }

    fileprivate static func unverified(_ relay: Delivery.Relay, _ delivery: Delivery) -> Failure {
        Failure("the certificate of \(relay) was not verified: \(delivery.tls?.description ?? "no TLS")")
    }

    fileprivate static func withoutLogin(_ relay: Delivery.Relay) -> Failure {
        Failure("test message went to \(relay) without a login", hint: "does the smarthost offer AUTH on this port?")
    }
}
