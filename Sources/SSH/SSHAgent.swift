internal import NIOCore
internal import NIOPosix

/// The agent that keeps the user's keys: which it has, and signatures by them.
///
/// Spoken to over NIO. libssh2's own functions for it block on the socket, and an agent may wait for its user to confirm.
/// Source: draft-miller-ssh-agent, sections 4.4 and 4.5.
struct SSHAgent: Sendable {
    let socket: String
    let loop: any EventLoop

    struct Identity: Sendable, Hashable {
        var publicKey: [UInt8]
        var comment: String

        var type: String {
            var fields = Fields(publicKey)
            return fields.text() ?? ""
        }
    }

    struct Silence: Error {
        let text: String
    }

    /// The keys that it has; throws when there is no agent behind the socket.
    func identities(within limit: Duration) async throws(Silence) -> [Identity] {
        let answer = try await ask([11], within: limit)
        guard let identities = Self.identities(in: answer) else {
            throw Silence(text: "an answer that is not a list of keys")
        }
        return identities
    }

    /// Asks for a signature.
    ///
    /// - Parameters:
    ///   - message: What libssh2 wants signed, which names the algorithm.
    ///   - publicKey: As the agent lists it.
    ///   - limit: The agent may ask its user meanwhile.
    /// - Returns: The signature without its algorithm's name; `nil` when the agent or its user declines.
    func signature(of message: [UInt8], by publicKey: [UInt8], within limit: Duration) async -> [UInt8]? {
        // An agent that breaks down has declined: the next key is tried, and the trail says which were.
        guard let answer = try? await ask(Self.request(message, publicKey), within: limit) else { return nil }
        return Self.signature(in: answer)
    }

    // MARK: - Messages

    static func identities(in answer: [UInt8]) -> [Identity]? {
        var fields = Fields(answer)
        guard fields.byte() == 12, let count = fields.uint32() else { return nil }
        var identities: [Identity] = []
        while identities.count < Int(count) {
            guard let publicKey = fields.string(), let comment = fields.text() else { return nil }
            identities.append(Identity(publicKey: publicKey, comment: comment))
        }
        return identities
    }

    static func request(_ message: [UInt8], _ publicKey: [UInt8]) -> [UInt8] {
        var request: [UInt8] = [13]
        request.append(field: publicKey)
        request.append(field: message)
        request.append(number: flags(for: algorithm(in: message)))
        return request
    }

    static func signature(in answer: [UInt8]) -> [UInt8]? {
        var fields = Fields(answer)
        guard fields.byte() == 14, let both = fields.string() else { return nil }
        var signature = Fields(both)
        return signature.string() == nil ? nil : signature.string()
    }

    private static func flags(for algorithm: String?) -> UInt32 {
        switch algorithm {
        case "rsa-sha2-256": 2
        case "rsa-sha2-512": 4
        default: 0
        }
    }

    /// The signature algorithm that a message names (RFC 4252, section 7).
    static func algorithm(in message: [UInt8]) -> String? {
        var fields = Fields(message)
        guard fields.string() != nil, fields.byte() == 50, fields.string() != nil, fields.string() != nil,
            fields.string() != nil, fields.byte() == 1
        else { return nil }
        return fields.text()
    }

    // MARK: - One question, one answer

    private func ask(_ question: [UInt8], within limit: Duration) async throws(Silence) -> [UInt8] {
        let answer = loop.makePromise(of: [UInt8].self)
        let timer = loop.scheduleTask(in: TimeAmount(limit)) { answer.fail(Silence(text: "no answer in time")) }
        let connecting = ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerReader(answer))
                }
            }
            .connectTimeout(TimeAmount(limit))
            .connect(unixDomainSocketPath: socket)
        connecting.whenFailure { answer.fail($0) }
        connecting.whenSuccess { channel in
            var framed: [UInt8] = []
            framed.append(field: question)
            channel.writeAndFlush(ByteBuffer(bytes: framed), promise: nil)
            answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        defer { timer.cancel() }
        do {
            return try await answer.futureResult.get()
        } catch {
            throw (error as? Silence)
                ?? Silence(text: (error as? IOError).map { File.Trouble(number: $0.errnoCode).text } ?? "\(error)")
        }
    }
}

/// Collects one message, of which the length comes first.
private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// OpenSSH's own limit (`AGENT_MAX_LEN`).
    private static let limit = 256 << 10

    private let answer: EventLoopPromise<[UInt8]>
    private var heard: [UInt8] = []

    init(_ answer: EventLoopPromise<[UInt8]>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        var fields = Fields(heard)
        if let message = fields.string() {
            answer.succeed(message)
        } else if heard.count > Self.limit {
            answer.fail(SSHAgent.Silence(text: "an answer that is too long"))
        }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(SSHAgent.Silence(text: "it hung up")) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
