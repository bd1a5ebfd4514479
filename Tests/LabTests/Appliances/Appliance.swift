import Foundation
import Testing

/// A product that routes all mail or none, as the lab has it: a row of the table in `docs/mail-servers.md`.
struct Appliance: Sendable, CustomTestStringConvertible {
    /// As in the table.
    var name: String
    var host: String
    /// The unit of its stand-in.
    var unit: String
    /// What the inventory says of it next to its name.
    var address: String
    /// The user name and password that the smarthost knows.
    var login: (name: String, password: String) = ("sparing", #"b!c'd"e$f\g{h}^i%j#k&l"#)
    /// Whose mail it relays for this host.
    var sender = "a@example.com"
    /// Whether what mtactl changed is known from its backups alone, so that only a rollback takes it back.
    var isWithoutMarks = true

    var testDescription: String { name }

    static let all = [
        Appliance(
            name: "Kerio Connect on Linux",
            host: "kerio",
            unit: "kerio-connect",
            address: "address: 198.18.1.72, \(administration)",
            isWithoutMarks: false
        ),
        Appliance(
            name: "Kerio Connect on Windows",
            host: "kerio-win",
            unit: "KerioMailServer",
            address: "address: 198.18.1.74, \(windows), \(administration)",
            isWithoutMarks: false
        ),
        Appliance(name: "IceWarp on Linux", host: "icewarp", unit: "icewarp", address: "address: 198.18.1.71"),
        Appliance(
            name: "IceWarp on Windows",
            host: "icewarp-win",
            unit: "IceWarpSMTP",
            address: "address: 198.18.1.73, \(windows)",
            login: ("unquoted", #"b!c'd$e\f{g}^h%i#j&k"#)
        ),
        Appliance(
            name: "MailEnable",
            host: "mailenable",
            unit: "MESMTPCS",
            address: "address: 198.18.1.70, \(windows)",
            login: ("awkward", Lab.awkwardPassword),
            sender: "alice@hosted.test"
        ),
    ]

    /// Those whose hosts are up.
    static var up: [Appliance] {
        guard Lab.isUp, let hosts = try? Lab.hosts() else { return [] }
        return all.filter { hosts.contains($0.host) }
    }

    /// With the password of the rule that mtactl makes: the list cannot be written without it.
    private static let administration =
        "kerio: {admin-login: {username: admin, password: env:KERIO_ADMIN_PASSWORD}, "
        + "rule-passwords: {'filter: all mail': env:FILTER_PASSWORD}}"
    /// The lab's key is Administrator's.
    private static let windows = "user: Administrator"

    var environment: [String: String] {
        get throws {
            let admin = try Lab.text(of: "\(Lab.folder)/kerio-password")
            return [
                "FILTER_PASSWORD": login.password,
                "KERIO_ADMIN_PASSWORD": admin.trimmingCharacters(in: .whitespacesAndNewlines),
            ]
        }
    }

    /// The host as it was made, and what a playbook has to say for it.
    func prepared(_ bench: Workbench) async throws -> String {
        try await Lab.reset(host)
        guard host == "mailenable" else { return "" }
        let (profile, ended) = try await MailEnableLab.profile(bench)
        guard ended.status == 0 else { throw LabFailure(text: "\(ended)") }
        return "\n    mailenable: {profile: \(profile)}"
    }

    func playbook(_ bench: Workbench, section: String, withLogin: Bool) throws -> String {
        let login = withLogin ? "\n    login: {username: \(login.name), password: env:FILTER_PASSWORD}" : ""
        return try bench.write(
            "\(UUID().uuidString).yml",
            """
            smarthosts:
              filter:
                host: \(withLogin ? "outgoing" : "relay").example.net
                port: 587
                tls: opportunistic\(login)
            plays:
              - name: test
                hosts: \(host)
                routes: {default: filter, bounces: default}\(section)
            verify: {to: postmaster@remote.test, from: \(sender), within: 60s}
            rollout: {waves: [100%], max-failures: 100%}

            """
        )
    }

    /// The way that a letter takes which a client on the host hands in.
    func way() async throws -> Letter.Way? {
        let id = "letter-\(UInt64.random(in: .min ... .max))@lab.test"
        let place = try Recorded.place()
        try await Lab.on(
            host,
            """
            python3 -c "
            import smtplib
            text = 'Message-ID: <\(id)>\\r\\nFrom: <\(sender)>\\r\\nTo: <b@remote.test>\\r\\n\\r\\ntext\\r\\n'
            smtplib.SMTP('127.0.0.1', 25).sendmail('\(sender)', ['b@remote.test'], text)
            "
            """
        )
        return try await Recorded.messages([id], since: place, within: 40)[id]?.first?.way
    }

    /// What is on the host, but for what mtactl keeps there on purpose and what a mail server writes with each message.
    func state() async throws -> Set<String> {
        let moving = ["/var/backups", "C:/ProgramData", "/var/lib/", "/opt/icewarp/logs", "IceWarp/logs"]
        return Set(try await Lab.tree(host).filter { row in !moving.contains { row.contains($0) } })
    }

    /// Files of mtactl that are on the host.
    func left() async throws -> String {
        try await Lab.on(host, "find /var/backups/mtactl /C:/ProgramData/mtactl -type f 2>/dev/null || true")
    }
}
