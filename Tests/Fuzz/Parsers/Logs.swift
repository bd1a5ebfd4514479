import MTAPlan
import MailServers
import Support

extension Parser {
    /// Following a message through logs that were written by somebody else, or by a host that lies.
    static let logs: [Parser] = Catalog.posix.map { server in
        let lines = Log.lines(of: server.name)
        let words =
            [[UInt8]].signs
            + Set(lines.flatMap { $0.split(separator: " ") }.map { [UInt8]($0.utf8) })
            .sorted { $0.lexicographicallyPrecedes($1) }
        return Parser("\(server.name) log") { choices in
            let sent = SentMessage(
                messageID: choices.one(of: Log.messageIDs),
                from: choices.one(of: ["a@example.com", "root@host1.lab.test"]),
                to: choices.one(of: ["b@example.org", "postmaster@remote.test"]),
                byteCount: choices.one(of: [46, 299, 518])
            )
            let start = choices.number(below: lines.count + 1)
            var bytes: [UInt8] = lines[start...].prefix(choices.number(below: 60)).flatMap { ($0 + "\n").utf8 }
            choices.edit(&bytes, atMost: 8, with: words)
            let heard = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
            try followed(sent, by: server, through: heard, submitted: choices.maybe())
        }
    }
}

/// A tracer comes to an end on any log, and finds no message that the log does not name.
private func followed(
    _ sent: SentMessage,
    by server: any MailServer,
    through lines: [String],
    submitted: Bool
) throws {
    var tracer = server.trace.tracer(sent)
    var step = tracer.next(after: submitted ? lines : [])
    var steps = 0
    while case .watch(let watch) = step {
        steps += 1
        try demand(steps <= 40, "the tracer does not come to an end")
        try demand(!watch.until.contains([]), "a watch that any line ends")
        for word in watch.containing + watch.until.joined() {
            try demand(
                !word.isEmpty && !word.utf8.contains { $0 == 0x0A || $0 == 0 },
                "a watch for \(word.debugDescription)"
            )
        }
        let wanted = watch.wanted(of: lines)
        step = tracer.next(after: wanted)
        if !watch.isMet(by: wanted), case .watch = step { throw Violation("time is up, and the tracer goes on") }
    }
    guard case .found(let delivery) = step else { return }
    try demand(delivery.messageID == sent.messageID, "another message was found")
    try demandShowable(Printable.line(delivery.reply), "a reply")
    guard delivery.status == .delivered, let mark = server.trace.mark(sent) else { return }
    // A rule of the host may give the Message-ID another domain.
    let token = mark.prefix { $0 != "@" }
    let isNamed = lines.contains { $0.contains(token) }
    try demand(isNamed || submitted, "delivered, and never logged: \(lines)")
}

private enum Log {
    static let messageIDs = [
        "sent@mtactl", "delivered@mtactl", "deferred@mtactl", "mtactl-fa5b9042@example.com", "never@x",
    ]

    /// The server's own, or those of all where it has none: somebody else's log must not trap either.
    static func lines(of server: String) -> [String] {
        let own = all.filter { $0.key.contains(server) }
        return (own.isEmpty ? all : own).sorted { $0.key < $1.key }.flatMap(\.value) + (own.isEmpty ? printed : [])
    }

    private static let all = Dictionary(
        uniqueKeysWithValues: Fixture.logs.map { name in (name, (try? Fixture.log(name)) ?? []) }
    )

    /// What programs print that have no log.
    private static let printed = [
        "msmtp: host=outgoing.example.net tls=on auth=on user=out@example.com from=a@example.com recipients=b@example.org mailsize=307 smtpstatus=250 smtpmsg='250 2.0.0 taken' exitcode=EX_OK",
        "msmtp: host=outgoing.example.net tls=on auth=on user=x from=a@example.com recipients=b@example.org smtpstatus=535 smtpmsg='535 5.7.8 no' errormsg='authentication failed (method PLAIN)' exitcode=EX_NOPERM",
        "[<-] 220 outgoing.example.net ESMTP", "[->] EHLO host", "[->] STARTTLS", "[->] AUTH LOGIN", "[->] DATA",
        "[->] .",
        "[<-] 250 2.0.0 taken by the lab", "[->] QUIT",
        "Nov 21 20:43:03 web1 sSMTP[288]: Sent mail for a@example.com (221 bye) uid=0 username=root outbytes=512",
        "ssmtp: Authorization failed (535 5.7.8 authentication failed)", "Message-ID: <sent@mtactl>",
    ]
}
