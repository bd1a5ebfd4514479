/// A mail server on which faults are tried: a column of the table in the README.
struct FaultyServer: Sendable {
    var name: String
    /// Names of `Tests/Lab/hosts`; their copies (`deb13-2`) belong to it, too.
    var kinds: [String]
    /// Where its configuration is.
    var folder: String
    /// Shell commands that end its daemon as a crash does, and start it again.
    var killDaemon: String
    var startDaemon: String
    /// What the system's own start of the daemon writes anew.
    var rewritten: [String] = []

    static let all = [
        FaultyServer(
            name: "Postfix",
            kinds: ["deb12", "deb13"],
            folder: "/etc/postfix",
            killDaemon: "pkill -9 -x master",
            startDaemon: "systemctl restart postfix"
        ),
        FaultyServer(
            name: "Exim, Debian's, split",
            kinds: ["exim13-split"],
            folder: "/etc/exim4",
            killDaemon: "pkill -9 -x exim4",
            startDaemon: "systemctl restart exim4"
        ),
        FaultyServer(
            name: "Sendmail",
            kinds: ["deb13-sendmail"],
            folder: "/etc/mail",
            killDaemon: "pkill -9 -f '^sendmail: MTA'",
            startDaemon: "systemctl restart sendmail",
            // By update_conf, update_mk and update_db, from /etc/init.d/sendmail: 8.18.1.
            rewritten: ["/etc/mail/sendmail.conf", "/etc/mail/Makefile", "/etc/mail/databases"]
        ),
        FaultyServer(
            name: "cPanel",
            kinds: ["cpanel13"],
            folder: "/etc",
            killDaemon: "pkill -9 -x exim",
            startDaemon: "systemctl restart exim"
        ),
    ]

    /// Those hosts of its kinds that are up.
    func hosts() throws -> [String] {
        let up = try Lab.text(of: "\(Lab.folder)/hosts.table").split(separator: "\n")
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        return up.filter { host in kinds.contains { host == $0 || isCopy(host, of: $0) } }
    }

    private func isCopy(_ host: String, of kind: String) -> Bool {
        host.hasPrefix("\(kind)-") && Int(host.dropFirst(kind.count + 1)) != nil
    }

    /// As `LabServers` has it.
    var lab: LabServer? { kinds.first.flatMap { LabServer.of($0) } }
}
