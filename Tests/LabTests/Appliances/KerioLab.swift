import Foundation
import Testing

enum KerioLab {
    /// The hosts with a stand-in for Kerio Connect that are up: on Linux, on Windows.
    static let hosts = ["kerio", "kerio-win"].filter { name in
        Lab.isUp && (try? Lab.hosts().contains(name)) == true
    }
}

/// One of these hosts, and what is asked of it.
struct KerioHost {
    let host: String

    init(_ host: String) { self.host = host }

    /// How the inventory says that it is reached: on Windows the lab's key is Administrator's.
    var address: String { host == "kerio" ? "address: 198.18.1.72" : "address: 198.18.1.74, user: Administrator" }

    /// An inventory that says how its administration is reached, so that a rollback without a playbook can too.
    func inventory(_ bench: Workbench, account: String = "admin", more: String = "") throws -> String {
        try bench.inventory([
            host:
                "\(address), kerio: {admin-login: {username: \(account), password: env:KERIO_ADMIN_PASSWORD}\(more)}"
        ])
    }

    func playbook(
        _ bench: Workbench,
        login: String? = nil,
        routes: String = "{default: filter, bounces: default}"
    ) throws -> String {
        let login =
            login.map { ", port: 587, login: {username: \($0), password: env:FILTER_PASSWORD}" } ?? ", port: 2525"
        return try bench.playbook(
            hosts: host,
            smarthost: "{host: outgoing.example.net, tls: opportunistic\(login)}",
            routes: routes,
            patience: "60s"
        )
    }

    func environment(_ password: String = "secret of out") throws -> [String: String] {
        [
            "KERIO_ADMIN_PASSWORD": try Self.admin, "FILTER_PASSWORD": password, "OTHER_PASSWORD": "secret of boss",
            "TEST_PASSWORD": "secret of test",
        ]
    }

    static var admin: String {
        get throws {
            try Lab.text(of: "\(Lab.folder)/kerio-password").trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    func mtactl(
        _ words: String...,
        inventory: String,
        password: String = "secret of out"
    ) async throws -> Lab.Ended {
        let ended = try await Lab.mtactl(words, inventory: inventory, environment: try environment(password))
        #expect(!ended.description.contains(try Self.admin))
        #expect(!ended.description.contains(password))
        return ended
    }

    /// The rules in mailserver.cfg, but for their ids, which are new with each list.
    func rules() async throws -> [String] {
        try await Lab.on(host, "stand-in rules").split(separator: "\n").map {
            String($0.replacing(/keriodb:[^",]*/, with: "ID"))
        }
    }

    func prepare(_ model: String) async throws {
        try await Lab.reset(host)
        try await Lab.on(host, "stand-in model \(model)")
    }
}
