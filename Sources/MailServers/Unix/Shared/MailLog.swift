import MTAPlan

extension LogSource {
    /// Where syslog's mail facility goes: the file of a syslog daemon that runs, else systemd's journal.
    static func syslog(in facts: Facts) -> LogSource? {
        let daemons = Set((facts.text("log.daemon") ?? "").split(separator: "\n"))
        let files = (facts.text("log.files") ?? "").split(separator: "\n").compactMap { $0.split(separator: " ").last }
        let names = ["/var/log/mail.log", "/var/log/maillog", "/var/log/mail", "/var/log/messages"]
        if !daemons.isDisjoint(with: ["rsyslogd", "syslogd", "syslog-ng"]),
            let file = names.first(where: { files.contains(Substring($0)) })
        {
            return .file(file)
        }
        return facts.answers["log.journal"]?.status == 0 ? .journal : nil
    }
}

/// What follows `PROGRAM[PID]: ` in a line of syslog, whatever stands before it.
struct SyslogLine: Sendable, Equatable {
    var program: Substring
    /// What is in the brackets: a process id, or of dma a queue id.
    var id: Substring
    var message: Substring

    init?(_ line: String) {
        guard let end = line.firstRange(of: "]: "), let bracket = line[..<end.lowerBound].lastIndex(of: "[") else {
            return nil
        }
        let name = line[..<bracket]
        program = name.lastIndex(of: " ").map { name[name.index(after: $0)...] } ?? name
        id = line[line.index(after: bracket)..<end.lowerBound]
        message = line[end.upperBound...]
    }
}

extension Recognition {
    /// A server of which the host's own facts say all that there is to know.
    ///
    /// Of a package's version the epoch, `1:`, is left out: it is of Debian's counting, not of the program's.
    static func installation(of name: String, in facts: Facts) -> Installation? {
        servers(in: facts).first { $0.name == name }.map { server in
            let parts = server.version.split(separator: ":", maxSplits: 1)
            let hasEpoch = parts.count == 2 && parts[0].allSatisfy(\.isNumber)
            return Installation(version: hasEpoch ? String(parts[1]) : server.version, isActive: server.isActive)
        }
    }
}
