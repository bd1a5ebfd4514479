import MTAPlan

/// Follows a message through Exim's main log: Message-ID, message id, and through a redirection by pipe or SMTP the
/// next id, to the answer of the last next hop.
struct EximTrace: Tracer {
    private let messageID: String
    private var last: Watch?
    /// The ids that the message has had, oldest first.
    private var ids: [String] = []

    /// - Parameter messageID: Without angle brackets.
    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let parsed = lines.compactMap(EximLogLine.init)
        for line in parsed where isArrival(line) && !ids.contains(line.id) { ids.append(line.id) }
        if let words = lines.lazy.compactMap(refusal).first {
            return .found(delivery(.refused, nil, reply: words))
        }
        let attempts = parsed.filter { ids.contains($0.id) && $0.isAttempt && !isPassedOn($0, in: parsed) }
        // Beside our way there may be copies and filters of the host's own, which may be early, late, or fail.
        let ours = attempts.filter { $0.field("R")?.hasPrefix("mtactl_") == true }
        let handedOver = ids.filter { id in parsed.contains { $0.id == id && Self.isHandOver($0) } }
        let open = ids.last { !handedOver.contains($0) }
        let isOver = parsed.contains { open == $0.id && $0.flag == "Completed" }
        if !ours.isEmpty || isOver, let found = outcome(ours.isEmpty ? leaving(attempts) : ours, among: parsed) {
            return .found(found)
        }

        let watch = watch(without: handedOver)
        if watch == last || last?.isMet(by: lines) == false {
            if open == nil, let id = ids.last { return .found(delivery(.queued, id, reply: Self.kept)) }
            if let found = outcome(leaving(attempts), among: parsed) { return .found(found) }
            let reply = ids.isEmpty ? "the message is not in the log" : ""
            return .found(delivery(.queued, ids.last, reply: reply))
        }
        last = watch
        return .watch(watch)
    }

    /// Without what a filter on the host itself took, which comes back under another id, and copies that stay here.
    private func leaving(_ attempts: [EximLogLine]) -> [EximLogLine] {
        let away = attempts.filter { line in
            guard let host = line.host else { return false }
            return !(host.address.hasPrefix("127.") || host.address == "::1") || Self.status(line) != .delivered
        }
        return away.isEmpty ? attempts : away
    }

    private static let kept = "a filter on the host took the message and did not return it"

    /// Whether a filter on the host itself took the message: it gives it back under another id.
    private static func isHandOver(_ line: EximLogLine) -> Bool {
        guard status(line) == .delivered, line.isAttempt, line.field("R")?.hasPrefix("mtactl_") != true,
            let host = line.host
        else { return false }
        return host.address.hasPrefix("127.") || host.address == "::1"
    }

    /// `handedOver`: Ids of which nothing more is awaited.
    private func watch(without handedOver: [String]) -> Watch {
        let isNew = ids.count == handedOver.count
        let known = ids + (isNew ? [Watch.id] : [])
        return Watch(
            naming: isNew ? Watch.Naming(line: " id=\(messageID)", before: " <= ") : nil,
            containing: [messageID] + known.map { " \($0) " },
            until: known.filter { !handedOver.contains($0) }
                .flatMap { id in [[" \(id) ", " R=mtactl_"], [" \(id) Completed"]] }
                + (ids.isEmpty ? [["rejected", messageID]] : []),
            except: handedOver.map { " \($0) " }
        )
    }

    private func isArrival(_ line: EximLogLine) -> Bool {
        line.flag == "<=" && line.field("id").map { $0 == messageID } == true
    }

    /// By an ACL, while Exim took the message in.
    private func refusal(_ line: String) -> String? {
        guard ids.isEmpty, line.contains(messageID), let range = line.range(ofASCII: " rejected ") else { return nil }
        return String(line[range.lowerBound...].dropFirst())
    }

    /// Whether an attempt handed the message to this Exim again, which then gave it another id.
    private func isPassedOn(_ line: EximLogLine, in lines: [EximLogLine]) -> Bool {
        guard let reply = line.field("C") else { return false }
        return ids.contains { $0 != line.id && reply.contains("id=\($0)") }
    }

    /// Of several recipients the one that fared worst.
    private func outcome(_ attempts: [EximLogLine], among lines: [EximLogLine]) -> Delivery? {
        guard let worst = attempts.first(where: { Self.status($0) != .delivered }) ?? attempts.last else { return nil }
        var result = delivery(Self.status(worst), worst.id, reply: Self.reply(worst))
        guard let host = worst.host else {
            // What the server said of a login is on a line before.
            if let said = lines.last(where: { $0.id == worst.id && $0.isLoginRefusal })?.said {
                result.reply += "; \(said)".escaped
            }
            return result
        }
        result.relay = Delivery.Relay(
            host: String(host.name).escaped,
            address: String(host.address).escaped,
            port: host.port
        )
        result.tls = Self.tls(worst)
        // A connection that was there already is logged without its login.
        result.authenticated = host.isReused ? nil : worst.field("A") != nil
        return result
    }

    private static func tls(_ line: EximLogLine) -> TLSSession? {
        guard let session = line.field("X") else { return nil }
        // `TLS1.3:ECDHE_SECP256R1__RSA_PSS_RSAE_SHA256__AES_256_GCM:256`: the protocol and the cipher.
        let version = String(session.prefix { $0 != ":" }).escaped
        return switch line.field("CV") {
        case "yes", "dane": TLSSession(version, .verified)
        case "no": TLSSession(version, .untrusted)
        default: TLSSession(version, .unknown)
        }
    }

    private static func reply(_ line: EximLogLine) -> String {
        if let reply = line.field("C"), status(line) == .delivered { return String(reply) }
        return status(line) == .delivered ? "" : String(line.reason)
    }

    private static func status(_ line: EximLogLine) -> Delivery.Status {
        switch line.flag {
        case "**": .bounced
        case "==": .deferred
        default: .delivered
        }
    }

    private func delivery(_ status: Delivery.Status, _ id: String?, reply: String) -> Delivery {
        Delivery(status: status, messageID: messageID, queueID: id, reply: reply.escaped)
    }
}
