import Foundation

/// What arrived at the lab's smarthosts and its internet.
struct Recorded: Decodable, Sendable, Equatable {
    var event: String
    /// `smarthost` or `internet`.
    var `where`: String
    var server: String
    var port: Int
    var tls: Bool
    var login: String?
    var from: String?
    var to: [String]?
    var messageId: String?
    var client: String?
    var helo: String?
    /// The message's file in the lab's folder.
    var file: String?

    /// The message as it arrived.
    var text: String {
        get throws { try String(contentsOfFile: "\(Lab.root)Tests/Lab/run/\(file ?? "")", encoding: .utf8) }
    }

    static func all() async throws -> [Recorded] {
        let ended = try await Lab.lab(["record", "--json"])
        guard ended.status == 0 else { throw LabFailure(text: "\(ended)") }
        return try ended.output.split(separator: "\n").map {
            try JSONDecoder().decode(Recorded.self, from: Data($0.utf8))
        }
    }

    /// The message with this Message-ID, as soon as it arrived.
    static func message(_ id: String, within seconds: Int = 30) async throws -> Recorded {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if let found = try await all().first(where: { $0.event == "message" && $0.messageId?.contains(id) == true })
            {
                return found
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw LabFailure(text: "no message \(id) arrived within \(seconds) s")
    }
}

/// A message that is sent by hand on a host, and the way that it must take.
struct Letter: Sendable {
    var from: String
    var to: String
    var way: Way
    /// The envelope sender that arrives, where it is not `from`.
    var arrivesFrom: String?

    enum Way: Sendable, Equatable {
        case smarthost(port: Int, login: String?)
        case internet
        case local
    }

    /// Sends it with the host's own sendmail and looks where it arrives.
    func take(on host: String) async throws -> String? {
        let id = "letter-\(UInt64.random(in: .min ... .max))@lab.test"
        let text = "Message-ID: <\(id)>\\nFrom: <a@lab.test>\\nSubject: letter\\n\\ntext\\n"
        try await Lab.on(host, "printf '\(text)' | sendmail -i -f '\(from.isEmpty ? "<>" : from)' -- '\(to)'")
        if way == .local { return try await local(id, on: host) }
        let found = try await Recorded.message(id)
        let taken: Way = found.where == "smarthost" ? .smarthost(port: found.port, login: found.login) : .internet
        guard taken == way else { return "\(host): \(from) → \(to) went \(taken), not \(way)" }
        if case .smarthost = way, !found.tls { return "\(host): \(from) → \(to) went in clear" }
        let sender = arrivesFrom ?? from
        return found.from == sender ? nil : "\(host): \(from) → \(to) arrived from \(found.from ?? "")"
    }

    private func local(_ id: String, on host: String) async throws -> String? {
        let seen = "grep -rqs '\(id)' /var/mail /root/Maildir /home"
        let found = try await Lab.on(host, "for i in $(seq 100); do \(seen) && echo here && break; sleep 0.1; done")
        guard found.contains("here") else { return "\(host): \(to) is no longer delivered on the host" }
        let left = try await Recorded.all().contains { $0.messageId?.contains(id) == true }
        return left ? "\(host): mail for \(to) left the host" : nil
    }
}
