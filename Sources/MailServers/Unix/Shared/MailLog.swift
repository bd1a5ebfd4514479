import MTAPlan

extension LogSource {
    /// Where syslog's mail facility goes: the file of a syslog daemon that runs, else systemd's journal.
    ///
    /// `users`: The mail server's own, of whom the journal is believed.
    static func syslog(in facts: Facts, by users: [String]) -> LogSource? {
        let daemons = Set((facts.text("log.daemon") ?? "").split(separator: "\n"))
        let files = (facts.text("log.files") ?? "").split(separator: "\n").compactMap { $0.split(separator: " ").last }
        let names = ["/var/log/mail.log", "/var/log/maillog", "/var/log/mail", "/var/log/messages"]
        if !daemons.isDisjoint(with: ["rsyslogd", "syslogd", "syslog-ng"]),
            let file = names.first(where: { files.contains(Substring($0)) })
        {
            return .file(file)
        }
        return facts.answers["log.journal"]?.status == 0 ? .journal(by: users) : nil
    }
}

/// What follows `PROGRAM[PID]: ` in a line of syslog, whatever is before it.
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

extension Facts {
    /// The package manager's version of a program.
    ///
    /// The epoch, `1:`, is left out: it is of Debian's counting, not of the program's.
    func packageVersion(of name: String) -> String? {
        guard let version = version(of: name) else { return nil }
        let parts = version.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && parts[0].allSatisfy(\.isNumber) ? String(parts[1]) : version
    }
}
