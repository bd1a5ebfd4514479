import MTAPlan

/// A mail server on Windows that takes test messages at its SMTP port and logs what happens to them in files.
struct ActivityLog: Sendable {
    private let folder: String
    private let prefix: String
    private let suffix: String
    /// Folders in which messages wait.
    private let queues: [String]
    /// Where the mail server takes messages.
    private let port: Int
    private let executor: PowerShellExecutor

    /// `nil` for another kind of log.
    init?(_ log: LogSource, _ executor: PowerShellExecutor) {
        guard case .activity(let prefix, let suffix, let queues, let port) = log,
            let end = prefix.lastIndex(of: "\\")
        else { return nil }
        (folder, self.prefix, self.suffix) = (
            String(prefix[..<end]), String(prefix[prefix.index(after: end)...]), suffix
        )
        self.queues = queues
        self.port = port
        self.executor = executor
    }

    /// How many bytes of the log there are, by the name of its file.
    private func sizes() async throws(Failure) -> [String: Int] {
        let list = ExecutorCall(
            "logs",
            "spool.find",
            [("Folder", .text(folder)), ("Contains", .text(""))],
            tells: ["Name", "Bytes"],
            isNeeded: false
        )
        let found = try await executor.run([list], shell: .none).objects("logs")
        var sizes: [String: Int] = [:]
        for object in found {
            guard let name = object.text("Name"), name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
            sizes[name] = object.text("Bytes").flatMap { Int($0) } ?? 0
        }
        return sizes
    }

    /// Hands a message in at the mail server's port, as a client on the host does.
    ///
    /// - Returns: Also how long the log was before.
    func submit(
        _ message: OutgoingMessage,
        watching: WatchRequest?
    ) async throws(Failure) -> (Submitted, mark: [String: Int]) {
        let mark = try await sizes()
        let text = String(decoding: message.bytes, as: UTF8.self)
        let end = text.firstRange(of: "\n\n")
        let head = text[..<(end?.lowerBound ?? text.endIndex)].split(separator: "\n")
        let header = { (name: String) in
            head.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) } ?? ""
        }
        let send = ExecutorCall(
            "send",
            "smtp.send",
            [
                ("From", .text(message.from)), ("To", .text(message.to)), ("Subject", .text(header("Subject"))),
                ("MessageId", .text(header("Message-ID"))),
                ("Text", .text(end.map { String(text[$0.upperBound...]) } ?? "")),
                ("Port", .number(port)),
            ],
            isNeeded: false
        )
        let answer = try await executor.run([send], shell: .none, patience: 60)
        if let trouble = answer.trouble("send") { return (.refused(Printable.line(trouble.message)), mark) }
        guard let watching else { return (.taken(printed: [], log: nil), mark) }
        return (.taken(printed: [], log: try await watch(watching, since: mark)), mark)
    }

    /// Reads the log from a mark on until the watch is met or its time is over.
    func watch(_ request: WatchRequest, since mark: [String: Int]) async throws(Failure) -> LogAnswer {
        let end = ContinuousClock.now + .seconds(request.seconds)
        while true {
            let names = try await sizes().keys.sorted()
            // A file that is named before those of the mark was there, and grew no more.
            let oldest = mark.keys.max() ?? ""
            let calls = names.filter { $0 >= oldest }.enumerated().map { number, name in
                read(number, name, from: mark[name] ?? 0, request, until: end)
            }
            let answer = try await executor.run(calls, shell: .none, patience: Self.look)
            if let trouble = calls.lazy.compactMap({ answer.trouble($0.id) }).first {
                return .unreadable(Printable.line(trouble.message))
            }
            let lines = calls.flatMap { call in answer.objects(call.id).flatMap { $0.texts("Lines") } }
            let wanted = request.watch.wanted(of: lines)
            if request.watch.isMet(by: wanted) || .now >= end { return .lines(wanted) }
        }
    }

    /// How long the host looks before it answers, in seconds.
    private static let look = 5

    private func read(
        _ number: Int,
        _ name: String,
        from place: Int,
        _ request: WatchRequest,
        until end: ContinuousClock.Instant
    ) -> ExecutorCall {
        let left = max(0, min(Self.look, Int((end - .now).components.seconds)))
        return ExecutorCall(
            "log-\(number)",
            "log.watch",
            [
                ("Path", .text("\(folder)\\\(name)")), ("From", .number(place)),
                ("Contains", .list(request.watch.until.compactMap(\.last))), ("Seconds", .number(left)),
            ],
            tells: ["Lines"],
            isNeeded: false
        )
    }

    /// What the executor takes as the name of a message.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte < 0x80
            && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber || byte == 0x2D)
    }

    /// Takes the message with the Message-ID that the command ends with out of the queues.
    func clearAway(_ command: Command) async throws(Failure) {
        guard let id = command.words.last, !id.isEmpty else { return }
        let finding = queues.enumerated().map { number, queue in
            ExecutorCall(
                "find-\(number)",
                "spool.find",
                [("Folder", .text(queue)), ("Contains", .text(id))],
                tells: ["Name"],
                isNeeded: false
            )
        }
        let answer = try await executor.run(finding, shell: .none)
        let names = finding.flatMap { call in answer.objects(call.id).compactMap { $0.text("Name") } }
        let stems = Set(names.map { name in String(name.prefix { $0 != "." }) })
            .filter { !$0.isEmpty && $0.utf8.allSatisfy(Self.isPlain) }
        let removing = stems.sorted().flatMap { stem in
            queues.map { queue in [("Folder", PowerShellCall.Value.text(queue)), ("Name", .text(stem))] }
        }
        guard !removing.isEmpty else { return }
        _ = try await executor.run(
            removing.enumerated().map { number, arguments in
                ExecutorCall("remove-\(number)", "pickup.remove", arguments, isNeeded: false)
            },
            shell: .none
        )
    }
}
