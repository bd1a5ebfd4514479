internal import MTAPlan

/// Submits one message by SMTP (RFC 5321), through a stream to the host's own port 25.
struct MailSubmission {
    private let stream: any Shell
    private var received: [UInt8] = []
    private let end: ContinuousClock.Instant

    /// `patience`: For the whole conversation.
    init(over stream: any Shell, within patience: Duration = .seconds(60)) {
        self.stream = stream
        end = .now + patience
    }

    /// - Returns: The reply that refused the message; `nil` if it was accepted.
    /// - Throws: When the conversation is lost.
    mutating func hand(_ message: OutgoingMessage) async throws(Failure) -> String? {
        var last = try await reply()
        let commands = [
            "EHLO localhost", "MAIL FROM:<\(message.from)>", "RCPT TO:<\(message.to)>", "DATA",
        ]
        for command in commands {
            guard last.isPositive else { return last.text }
            try await stream.write(Array("\(command)\r\n".utf8))
            last = try await reply()
        }
        guard last.code == 354 else { return last.text }
        try await stream.write(Self.body(message.bytes))
        last = try await reply()
        guard last.isPositive else { return last.text }
        // It is accepted, however the session ends.
        do throws(Failure) { try await stream.write(Array("QUIT\r\n".utf8)) } catch { return nil }
        return nil
    }

    /// With CRLF, a second dot where a line begins with one, and the dot that ends it.
    static func body(_ bytes: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.first == UInt8(ascii: ".") { body.append(UInt8(ascii: ".")) }
            body += line + [13, 10]
        }
        if bytes.last == UInt8(ascii: "\n") { body.removeLast(2) }
        return body + Array(".\r\n".utf8)
    }

    private struct Reply {
        var code: Int
        var text: String
        var isPositive: Bool { (200..<300).contains(code) }
    }

    private mutating func reply() async throws(Failure) -> Reply {
        var lines: [String] = []
        while true {
            let line = try await line()
            lines.append(line)
            guard lines.count <= 100, let code = Int(line.prefix(3)), line.utf8.count >= 3 else {
                throw Failure("port 25 of the host does not speak SMTP: \(line.prefix(200))")
            }
            if line.dropFirst(3).first == "-" { continue }
            return Reply(code: code, text: lines.joined(separator: " "))
        }
    }

    private mutating func line() async throws(Failure) -> String {
        while true {
            if let newline = received.firstIndex(of: 10) {
                let line = Printable.line(String(decoding: received[..<newline], as: UTF8.self).filter { $0 != "\r" })
                received.removeFirst(newline + 1)
                return line
            }
            let left = end - .now
            guard left > .zero, received.count <= 64 << 10 else {
                throw Failure("port 25 of the host did not answer in time", hint: "is the mail server running?")
            }
            guard let output = try await stream.read(within: left) else {
                throw Failure("port 25 of the host closed the connection", hint: "is the mail server running?")
            }
            if case .output(let bytes) = output { received += bytes }
        }
    }
}
