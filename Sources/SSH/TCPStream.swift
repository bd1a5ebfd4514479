internal import Glibc
internal import NIOCore
internal import NIOPosix

/// A TCP connection as a transport.
///
/// Confined to its event loop, hence `@unchecked Sendable`.
final class TCPStream: ByteStream, ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let channel: any Channel
    private var receiver: (any ByteStreamReceiver)?
    private var failure: String?
    /// What came before anybody listened: at the end of the stream, NIO reads all that is there without being asked.
    private var early = ByteBuffer()

    private init(_ channel: any Channel) {
        self.channel = channel
    }

    /// Connects to the first address that answers, IPv6 and IPv4 in turn (NIO's happy eyeballs, RFC 8305).
    static func connect(
        to target: SSHTarget,
        at addresses: ServerAddresses,
        on loop: any EventLoop,
        within limit: Duration
    ) async throws(SSHError) -> TCPStream {
        do {
            var bootstrap = ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelOption(.autoRead, value: false)
                .connectTimeout(TimeAmount(limit))
                .resolver(addresses.resolver(on: loop))
            if let own = target.bindAddress {
                bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: own, port: 0))
            }
            return try await bootstrap.connect(host: target.address, port: target.port, channelInitializer: attach)
        } catch {
            throw .notConnected(to: target.address, port: target.port, within: limit, error)
        }
    }

    @Sendable private static func attach(to channel: any Channel) -> EventLoopFuture<TCPStream> {
        channel.eventLoop.makeCompletedFuture {
            let transport = TCPStream(channel)
            try channel.pipeline.syncOperations.addHandler(transport)
            return transport
        }
    }

    func start(_ receiver: any ByteStreamReceiver) {
        self.receiver = receiver
        if early.readableBytes > 0 { receiver.received(early) }
        early.clear()
        if !channel.isActive { receiver.ended(failure) }
    }

    func read() { channel.read() }
    func send(_ bytes: ByteBuffer) {
        channel.writeAndFlush(bytes, promise: nil)
        acknowledgeAtOnce()
    }

    /// Has the kernel acknowledge what comes next without waiting for something to send along.
    ///
    /// After every write, as one takes it back (tcp(7), TCP_QUICKACK). Servers send small packets by Nagle's algorithm
    /// until the session has begun (OpenSSH 9.2): the answer to the first channel waits for the acknowledgement of the
    /// host keys before it, which Linux delays for 40 ms.
    private func acknowledgeAtOnce() {
        // A hint: where the kernel does not take it, the packets come later.
        try? channel.syncOptions?.setOption(Self.quickAcknowledgement, value: 1)
    }

    private static let quickAcknowledgement = ChannelOptions.Types.SocketOption(
        level: .tcp,
        name: NIOBSDSocket.Option(rawValue: TCP_QUICKACK)
    )
    var isWritable: Bool { channel.isWritable }

    func close() {
        receiver = nil
        channel.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let receiver { receiver.received(bytes) } else { early.writeImmutableBuffer(bytes) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable { receiver?.becameWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        receiver?.ended(failure)
        receiver = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = (error as? IOError).map { File.Trouble(number: $0.errnoCode).text } ?? "\(error)"
        context.close(promise: nil)
    }
}
