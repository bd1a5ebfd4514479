internal import MTAPlan
internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import NIOSSL

/// HTTP/1.1 over TLS, one request after the other, through a stream that is there already.
///
/// The certificate is not checked: the stream is a tunnel of an SSH connection and ends on the host itself, whose key
/// was checked. TLS and HTTP are NIO's, in a channel without a socket: its bytes are copied both ways here.
actor HTTPSConnection {
    private let stream: any Shell
    private let channel: NIOAsyncTestingChannel
    /// Whether no further request can be sent.
    private(set) var isOver = false

    struct Request: Sendable {
        var path: String
        var headers: [(String, String)]
        var body: [UInt8]
    }

    struct Answer: Sendable {
        var status: Int
        /// Values of `Set-Cookie`.
        var cookies: [String]
        var body: [UInt8]
    }

    /// Takes the stream over: it is closed with the connection.
    init(over stream: any Shell) async throws(Failure) {
        self.stream = stream
        let channel = NIOAsyncTestingChannel()
        self.channel = channel
        do {
            try await channel.eventLoop.submit {
                var configuration = TLSConfiguration.makeClientConfiguration()
                configuration.certificateVerification = .none
                // Kerio Connect 9 came out before TLS 1.2 was everywhere.
                configuration.minimumTLSVersion = .tlsv1
                let context = try NIOSSLContext(configuration: configuration)
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(try NIOSSLClientHandler(context: context, serverHostname: nil))
                try pipeline.addHTTPClientHandlers()
            }
            .get()
            try await channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 443)).get()
        } catch {
            throw Failure("TLS cannot be set up: \(error)")
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// - Throws: When the stream ends or breaks before the answer is whole, it is too long, or the time is over.
    func post(_ request: Request, within patience: Duration) async throws(Failure) -> Answer {
        let end = ContinuousClock.now + patience
        isOver = true
        try await begin(request)
        var answer: Answer?
        while true {
            try await sendWhatWaits()
            while let part = try await nextPart() {
                switch part {
                case .head(let head):
                    // An interim answer has no body, and another one comes after it.
                    if head.status.code < 200 { continue }
                    answer = Answer(status: Int(head.status.code), cookies: head.headers["Set-Cookie"], body: [])
                    isOver = !head.isKeepAlive
                case .body(let bytes):
                    answer?.body += bytes.readableBytesView
                    guard answer?.body.count ?? 0 <= Self.limit else { throw .endless }
                case .end:
                    guard let answer else { continue }
                    return answer
                }
            }
            try await receive(until: end)
        }
    }

    private func begin(_ request: Request) async throws(Failure) {
        let channel = channel
        do {
            try await channel.eventLoop.submit {
                var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: request.path)
                for (name, value) in request.headers { head.headers.add(name: name, value: value) }
                head.headers.add(name: "Content-Length", value: "\(request.body.count)")
                let pipeline = channel.pipeline.syncOperations
                pipeline.write(NIOAny(HTTPClientRequestPart.head(head)), promise: nil)
                let body = IOData.byteBuffer(ByteBuffer(bytes: request.body))
                pipeline.write(NIOAny(HTTPClientRequestPart.body(body)), promise: nil)
                pipeline.writeAndFlush(NIOAny(HTTPClientRequestPart.end(nil)), promise: nil)
            }
            .get()
        } catch {
            throw .broken(error)
        }
    }

    private func sendWhatWaits() async throws(Failure) {
        while let bytes = try await nextOutput() { try await stream.write(bytes) }
    }

    private func nextOutput() async throws(Failure) -> [UInt8]? {
        do {
            return try await channel.readOutbound(as: ByteBuffer.self).map { Array($0.readableBytesView) }
        } catch {
            throw .broken(error)
        }
    }

    private func nextPart() async throws(Failure) -> HTTPClientResponsePart? {
        do { return try await channel.readInbound(as: HTTPClientResponsePart.self) } catch { throw .broken(error) }
    }

    private func receive(until end: ContinuousClock.Instant) async throws(Failure) {
        let left = end - .now
        guard left > .zero else { throw .slow }
        guard let output = try await stream.read(within: left) else { throw .ended }
        guard case .output(let bytes) = output else { return }
        do { try await channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { throw .broken(error) }
    }

    /// Closes the session and the stream; errors in that change nothing.
    func close() async {
        isOver = true
        channel.close(mode: .all, promise: nil)
        // TLS would wait for the other side to close; nothing here needs that, so it ends at once.
        try? await sendWhatWaits()
        await channel.testingEventLoop.advanceTime(by: .seconds(30))
        // A channel that ends with an error has ended.
        try? await channel.closeFuture.get()
        await stream.close()
    }

    /// A list of rules is some kilobytes, and five hundred lines of a log are half a megabyte.
    private static let limit = 16 << 20
}

extension Failure {
    fileprivate static let endless = Failure("the administration interface sent more than 16 MiB")

    fileprivate static let slow = Failure(
        "the administration interface did not answer in time",
        hint: "is the mail server on the host busy, or does it hang?"
    )

    fileprivate static let ended = Failure(
        "the administration interface closed the connection in the middle of a call",
        hint: "is the mail server on the host running?"
    )

    fileprivate static func broken(_ error: any Error) -> Failure {
        Failure(
            "what answers on the port of the administration interface does not speak HTTPS: \(Printable.line("\(error)"))",
            hint: "is the port correct?"
        )
    }
}
