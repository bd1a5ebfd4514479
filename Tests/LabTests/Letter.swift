/// A message that is sent by hand on a host, and the way that it must take.
struct Letter: Sendable {
    var from: String
    var to: String
    var way: Way
    /// The envelope sender that arrives, where it is not `from`.
    var arrivesFrom: String?
    /// The address of the host that it came from, for a mail server that can be determined so: Exim's `-oMa`.
    var cameFrom: String?

    enum Way: Sendable, Equatable {
        /// In clear only where `tls` says so.
        case smarthost(port: Int, login: String?, tls: Bool = true)
        case internet
        case local
    }

    /// Sends it with the host's own sendmail and looks where it arrives.
    ///
    /// - Returns: What is wrong with the way that it took, or `nil`.
    func take(on host: String) async throws -> String? { try await Self.wrongs(of: [self], on: host).first }

    /// Sends letters with the host's own sendmail, one after the other, and looks where they arrive.
    ///
    /// - Returns: What is wrong with the ways that they took.
    static func wrongs(of letters: [Letter], on host: String) async throws -> [String] {
        let posted = letters.map { (id: "letter-\(UInt64.random(in: .min ... .max))@lab.test", letter: $0) }
        let server = LabServer.of(host)
        let nullSender = LabServer.of(host).map { $0.nullSender ?? "" } ?? "<>"
        let place = try Recorded.place()
        let refused = try await Lab.on(
            host,
            posted.map { $1.submission(id: $0, nullSender: nullSender) }.joined(separator: "\n")
        )
        guard refused.isEmpty else { return ["\(host): \(refused)"] }
        let local = posted.filter { $1.way == .local }
        let left = posted.filter { $1.way != .local }
        let arrived = try await Recorded.messages(Set(left.map(\.id)), since: place, within: 30)
        var wrongs = left.compactMap { id, letter in
            letter.wrong(arrived[id] ?? [], from: server?.setsSender == true ? "a@lab.test" : nil)
        }
        for (id, letter) in local where try await !isHere(id, on: host) {
            wrongs.append("\(letter): is no longer delivered on the host")
        }
        let strays = try await Recorded.messages(Set(local.map(\.id)), since: place, within: 0)
        wrongs += local.filter { strays[$0.id] != nil }.map { "\($1): left the host" }
        return wrongs.map { "\(host): \($0)" }
    }

    /// Prints nothing where sendmail takes it.
    private func submission(id: String, nullSender: String) -> String {
        let text = "Message-ID: <\(id)>\\nFrom: <a@lab.test>\\nTo: <\(to)>\\nSubject: letter\\n\\ntext\\n"
        return """
            said=$(printf '\(text)' | sendmail \(cameFrom.map { "-oMa \($0)" } ?? "") -i -f '\(from.isEmpty ? nullSender : from)' -- '\(to)' 2>&1) ||
                echo "\(self): sendmail exits with $?: $said"
            """
    }

    private func wrong(_ arrived: [Recorded], from sender: String?) -> String? {
        guard let found = arrived.first else { return "\(self): did not arrive" }
        guard arrived.count == 1 else { return "\(self): arrived \(arrived.count) times" }
        guard found.way == way else { return "\(self): went \(found.way)" }
        guard found.from == sender ?? arrivesFrom ?? from else { return "\(self): arrived from \(found.from ?? "")" }
        return nil
    }

    private static func isHere(_ id: String, on host: String) async throws -> Bool {
        let seen = "grep -rqs '\(id)' /var/mail /root/Maildir /home /var/qmail/alias"
        let found = try await Lab.on(host, "for i in $(seq 100); do \(seen) && echo here && break; sleep 0.1; done")
        return found.contains("here")
    }
}

extension Recorded {
    /// The way that it took.
    var way: Letter.Way { `where` == "smarthost" ? .smarthost(port: port, login: login, tls: tls) : .internet }
}

extension Letter: CustomStringConvertible {
    var description: String { "<\(from)> → <\(to)>\(cameFrom.map { " come from \($0)" } ?? ""), \(way)" }
}

extension Letter.Way: CustomStringConvertible {
    var description: String {
        switch self {
        case .smarthost(let port, let login, let tls):
            "through the smarthost's port \(port)\(login.map { " as \($0)" } ?? "")\(tls ? "" : " in clear")"
        case .internet: "directly"
        case .local: "to the host itself"
        }
    }
}
