package import MTAPlan
internal import Synchronization

/// A message that was put into the pickup folder.
struct PickedUp: Sendable, Hashable {
    /// Without its ending.
    var name: String
    /// Without angle brackets.
    var messageID: String
}

extension PowerShellDriver {
    package func mark(_ log: LogSource, back seconds: Int) async throws(Failure) -> Failure? {
        state.withLock { $0.log = log }
        return nil
    }

    /// Where messages are handed in at the SMTP port and followed in a log; `nil` where Exchange takes them.
    private var activity: ActivityLog? { state.withLock { $0.log }.flatMap { ActivityLog($0, executor) } }

    /// Puts the message into the pickup folder, which keeps its Message-ID and needs neither port nor login.
    package func submit(_ message: OutgoingMessage, watching: WatchRequest?) async throws(Failure) -> Submitted {
        if let activity {
            let (submitted, mark) = try await activity.submit(message, watching: watching)
            state.withLock { $0.mark = mark }
            return submitted
        }
        guard let (_, pickup) = tracking else { return .refused("the pickup folder of the host is not known") }
        let text = String(decoding: message.bytes, as: UTF8.self)
        let id = text.split(separator: "\n").first { $0.hasPrefix("Message-ID: <") }?.dropFirst(13).dropLast() ?? ""
        let picked = PickedUp(name: "mtactl-\(Token.random(bytes: 8))", messageID: String(id))
        state.withLock { $0.message = picked }
        let write = Self.handing(over: text.replacing("\n", with: "\r\n"), as: picked, pickup)
        let answer = try await executor.run(
            [write] + (watching.map { watch(picked, seconds: $0.seconds) } ?? []),
            shell: watching == nil ? .none : .auto,
            patience: watching?.seconds ?? 0
        )
        if let trouble = answer.trouble("pickup") { return .refused(trouble.message) }
        guard let watching else { return .taken(printed: [], log: nil) }
        return .taken(printed: [], log: log(in: answer, watching.watch))
    }

    package func watch(_ request: WatchRequest) async throws(Failure) -> LogAnswer {
        if let activity { return try await activity.watch(request, since: state.withLock { $0.mark }) }
        guard let picked = state.withLock({ $0.message }) else { return .unreadable("no message was handed over") }
        let answer = try await executor.run(watch(picked, seconds: request.seconds), patience: request.seconds)
        return log(in: answer, request.watch)
    }

    /// Takes the message out of the queues, without telling its sender.
    package func clearAway(_ command: Command) async throws(Failure) {
        if let activity { return try await activity.clearAway(command) }
        guard let picked = state.withLock({ $0.message }), let (servers, pickup) = tracking else { return }
        let calls = servers.enumerated().map { number, server in
            ExecutorCall(
                "message-\(number)",
                "Remove-Message",
                [
                    ("Server", .text(server)), ("Filter", .text("InternetMessageId -eq '<\(picked.messageID)>'")),
                    ("WithNDR", .flag(false)), ("Confirm", .flag(false)),
                ],
                isNeeded: false
            )
        }
        _ = try await executor.run([Self.folder("pickup.remove", picked, pickup, tells: [])] + calls)
    }

    package func resolves(_ host: String, to address: String) async throws(Failure) -> Bool {
        let call = ExecutorCall("resolve", "name.resolve", [("Name", .text(host))], tells: ["Address"], isNeeded: false)
        let answer = try await executor.run([call], shell: .none)
        return answer.objects("resolve").contains { $0.text("Address") == address }
    }

    private var tracking: (servers: [String], pickup: String)? {
        guard case .tracking(let servers, let pickup) = state.withLock({ $0.log }) else { return nil }
        return (servers, pickup)
    }

    private func watch(_ picked: PickedUp, seconds: Int) -> [ExecutorCall] {
        guard let (servers, pickup) = tracking else { return [] }
        return Self.watching(picked, servers, pickup, seconds: seconds)
    }

    /// Puts a message where the transport service takes it.
    static func handing(over text: String, as picked: PickedUp, _ pickup: String) -> ExecutorCall {
        ExecutorCall(
            "pickup",
            "pickup.write",
            [("Folder", .text(pickup)), ("Name", .text(picked.name)), ("Text", .text(text))]
        )
    }

    /// The tracking log until something is decided there; queues and the pickup folder, which say what hinders it.
    static func watching(
        _ picked: PickedUp,
        _ servers: [String],
        _ pickup: String,
        seconds: Int
    ) -> [ExecutorCall] {
        let tracking = ExecutorCall(
            "tracking",
            "tracking.watch",
            [
                ("Servers", .list(servers)), ("MessageId", .text("<\(picked.messageID)>")), ("Since", .number(3600)),
                ("Until", .list(["SENDEXTERNAL", "SEND", "FAIL", "DSN", "BADMAIL"])), ("Seconds", .number(seconds)),
            ],
            tells: rowFields,
            isNeeded: false
        )
        let queues = servers.enumerated().map { number, server in
            ExecutorCall(
                "queue-\(number)",
                "Get-Queue",
                [("Server", .text(server))],
                tells: queueFields,
                isNeeded: false
            )
        }
        return [tracking] + queues + [folder("pickup.look", picked, pickup, tells: ["Name"])]
    }

    private static func folder(
        _ native: String,
        _ picked: PickedUp,
        _ pickup: String,
        tells: [String]
    ) -> ExecutorCall {
        let arguments: [(String, PowerShellCall.Value)] = [("Folder", .text(pickup)), ("Name", .text(picked.name))]
        return ExecutorCall("folder", native, arguments, tells: tells, isNeeded: false)
    }

    /// The event of a row that stands for a server whose log cannot be read.
    private static let unreadEvent = "MTACTL-UNREAD"
    private static let rowFields = [
        "Timestamp", "EventId", "Source", "ServerHostname", "ServerIp", "ConnectorId", "MessageId", "Recipients",
        "RecipientStatus", "SourceContext",
    ]
    private static let queueFields = [
        "Identity", "NextHopDomain", "NextHopConnector", "DeliveryType", "Status", "MessageCount", "LastError",
    ]

    private func log(in answer: ExecutorAnswer, _ watch: Watch) -> LogAnswer {
        Self.log(in: answer, watch, own: tracking?.servers.first)
    }

    /// The rows as lines: `tracking`, `queue` or `pickup`, and `NAME=VALUE` with tabs between them.
    ///
    /// `own`: The server without whose log nothing can be determined.
    static func log(in answer: ExecutorAnswer, _ watch: Watch, own: String?) -> LogAnswer {
        if let trouble = answer.trouble("tracking") {
            return .unreadable(trouble.failure("reading the tracking log").problem)
        }
        let told = answer.objects("tracking")
        let unread = told.filter { $0.text("EventId") == unreadEvent }
        let own = unread.first { $0.text("ServerHostname") == own }
        if let own { return .unreadable(Printable.line(own.texts("RecipientStatus").joined(separator: " "))) }
        let rows = told.filter { $0.text("EventId") != unreadEvent }
            .sorted { ($0.text("Timestamp") ?? "") < ($1.text("Timestamp") ?? "") }
        let lines = rows.map { line("tracking", $0, rowFields) }
        if watch.isMet(by: lines) { return .lines(lines) }
        let queues = answer.results.keys.filter { $0.hasPrefix("queue-") }.sorted().flatMap { answer.objects($0) }
            .filter(tellsTrouble)
        let folder = answer.objects("folder").map { line("pickup", $0, ["Name"]) }
        return .lines(
            lines + queues.map { line("queue", $0, queueFields) } + folder
                + unread.map { line("unread", $0, ["ServerHostname", "RecipientStatus"]) }
        )
    }

    /// Where messages go that no connector takes, a queue is ready too.
    private static func tellsTrouble(_ queue: PowerShellObject) -> Bool {
        if queue.text("DeliveryType") == "Unreachable" { return queue.text("MessageCount") != "0" }
        return !["Ready", "Active"].contains(queue.text("Status") ?? "")
    }

    private static func line(_ kind: String, _ object: PowerShellObject, _ fields: [String]) -> String {
        ([kind] + fields.map { "\($0)=\(Printable.line(object.texts($0).joined(separator: "; ")))" })
            .joined(separator: "\t")
    }
}
