/// A mail server on which faults are tried: a column of the table in the README.
struct FaultyServer: Sendable {
    var name: String
    /// Names of `Tests/Lab/hosts`; their copies (`deb13-2`) belong to it, too.
    var kinds: [String]
    /// Where its configuration is.
    var folder: String
    /// Ends its daemon as a crash does.
    var killDaemon: String
    /// Starts it again, as an operator would.
    var startDaemon: String
    var check: Faked
    var reload: Faked

    /// A program of the host, and with which arguments it is meant, as a pattern of sh.
    struct Faked: Sendable {
        var program: String
        var arguments: String
    }

    static let all = [postfix]

    static let postfix = FaultyServer(
        name: "Postfix",
        kinds: ["deb12", "deb13"],
        folder: "/etc/postfix",
        killDaemon: "pkill -9 -x master",
        startDaemon: "systemctl restart postfix",
        check: Faked(program: "/usr/sbin/postconf", arguments: "-c*-n"),
        reload: Faked(program: "/usr/sbin/postfix", arguments: "reload")
    )

    /// Those hosts of its kinds that are up, first ones first.
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
