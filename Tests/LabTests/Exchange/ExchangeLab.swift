import Foundation
import Testing

/// The lab's stand-ins for Exchange: `Tests/Lab/exchange`.
enum ExchangeLab {
    /// The release that each host stands in for, oldest first.
    static let releases = [
        "exch07": "2007", "exch10": "2010", "exch13": "2013", "exch16": "2016", "exch19": "2019", "exchse": "SE",
        "exchedge": "2016 Edge",
    ]

    /// The hosts that are up, one of each release.
    static func up() -> [String] {
        guard Lab.isUp, let hosts = try? Lab.hosts() else { return [] }
        return releases.keys.filter(hosts.contains).sorted { releases[$0, default: ""] < releases[$1, default: ""] }
    }

    static var isUp: Bool { !up().isEmpty }

    /// One of the hosts with a domain behind it, the first that is up of these.
    static func host(_ names: String...) throws -> String {
        let up = up()
        return try #require(
            (names.isEmpty ? ["exch16", "exch19", "exchse", "exch13"] : names).first(where: up.contains)
        )
    }

    static func isUp(_ names: String...) -> Bool {
        let up = (try? Lab.hosts()) ?? []
        return Lab.isUp && names.allSatisfy(up.contains)
    }

    static let secrets = ["FILTER_PASSWORD": "secret of out"]
    /// Of whatever is up, as a person would reach it.
    static let fleet = "\(Lab.folder)/fleet.yml"

    static func mtactl(
        _ words: String...,
        inventory: String = ExchangeLab.fleet,
        environment: [String: String] = ExchangeLab.secrets
    ) async throws -> Lab.Ended {
        let ended = try await Lab.mtactl(words, inventory: inventory, environment: environment)
        for secret in environment.values { #expect(!ended.description.contains(secret), "a password is shown") }
        return ended
    }

    /// As `Administrator` with the lab's key, or `mtactl` with a password.
    static func inventory(_ hosts: [String: String], in bench: Workbench) throws -> String {
        let rows = hosts.sorted { $0.key < $1.key }.map { "    \($0.key): {\($0.value)}" }
        return try bench.write(
            "inventory-\(UUID().uuidString).yml",
            "all:\n  vars: {known-hosts: \(Lab.knownHosts)}\n  hosts:\n\(rows.joined(separator: "\n"))\n"
        )
    }

    /// The password of all Windows accounts but the key's.
    static var password: String {
        get throws { try Lab.text(of: "\(Lab.folder)/windows-password").trimmingCharacters(in: .newlines) }
    }

    static func address(of host: String) throws -> String {
        let rows = try Lab.text(of: "\(Lab.folder)/hosts.table").split(separator: "\n").map { $0.split(separator: " ") }
        return String(try #require(rows.first { $0.first.map(String.init) == host })[2])
    }

    /// Starts the organisation of a host anew.
    static func prepare(_ host: String, model: String, _ commands: [String] = []) async throws {
        try await Lab.reset(host)
        try await Lab.on(
            host,
            (["stand-in model \(model)"] + commands.map { "stand-in \($0)" }).joined(separator: " && ")
        )
        _ = try await connectors(of: host)
    }

    /// The connectors and the scheduled tasks of a host, as soon as both domain controllers agree; passwords as hashes.
    static func connectors(of host: String) async throws -> [String] {
        for _ in 0..<60 {
            let rows = try await Lab.on(host, "stand-in connectors; echo ---; stand-in tree").components(
                separatedBy: "---\n"
            )
            let found = rows[0].split(separator: "\n").compactMap { Seen(String($0)) }
            let sides = Dictionary(grouping: found, by: \.controller).mapValues { Set($0.map(\.lasting)) }
            // An Edge server has one directory, and is seen twice.
            if Set(sides.values).count <= 1, sides.count != 1 {
                return rows[1].split(separator: "\n").map(String.init).filter {
                    $0.hasPrefix("connector ") || $0.hasPrefix("task ")
                }
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        throw LabFailure(text: "the domain controllers of \(host) do not agree")
    }

    private struct Seen {
        var controller: String
        var lasting: String

        init?(_ line: String) {
            guard var object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let controller = object.removeValue(forKey: "controller") as? String
            else { return nil }
            self.controller = controller
            lasting = object.filter { !$0.key.hasPrefix("When") }.sorted { $0.key < $1.key }.map {
                "\($0.key)=\($0.value)"
            }
            .joined(separator: " ")
        }
    }

    /// Puts a message into the pickup folder, as any program on the host may.
    static func letter(on host: String, to: String = "b@remote.test") async throws -> String {
        let id = "letter-\(UUID().uuidString)@lab.test"
        let lines = ["From: <a@lab.test>", "To: <\(to)>", "Subject: a letter", "Message-ID: <\(id)>", "", "text"]
        try await Lab.on(
            host,
            """
            cd "$(find /C: -type d -name Pickup)" && printf '%s\\r\\n' \(lines.map { "'\($0)'" }.joined(separator: " ")) \
            >letter.tmp && mv letter.tmp letter-$$.eml
            """
        )
        return id
    }
}

extension Lab.Ended {
    /// The notes of a host's plan.
    func notes(of host: String) -> [String] { hosts()[host]?["notes"] as? [String] ?? [] }
}
