internal import NIOCore

/// A tunnel through a jump host as a transport.
///
/// Confined to its event loop, hence `@unchecked Sendable`.
final class TunnelTransport: Transport, @unchecked Sendable {
    /// How many bytes may wait to be taken by the jump host before `isWritable` says no.
    private static let limit = 256 << 10

    private let tunnel: Tunnel
    private let loop: any EventLoop
    private var receiver: (any TransportReceiver)?
    private var tasks: [Task<Void, Never>] = []
    private var waiting = 0
    private let outgoing: AsyncStream<ByteBuffer>
    private let outlet: AsyncStream<ByteBuffer>.Continuation
    private let wanted: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    init(_ tunnel: Tunnel, on loop: any EventLoop) {
        self.tunnel = tunnel
        self.loop = loop
        (outgoing, outlet) = AsyncStream.makeStream()
        (wanted, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isWritable: Bool { waiting < Self.limit }
    func read() { wish.yield() }

    func send(_ bytes: ByteBuffer) {
        waiting += bytes.readableBytes
        outlet.yield(bytes)
    }

    func start(_ receiver: any TransportReceiver) {
        self.receiver = receiver
        let (tunnel, loop, wanted, outgoing) = (tunnel, loop, wanted, outgoing)
        tasks = [
            Task {
                let end = await Self.deliver(from: tunnel, whenever: wanted) { bytes in
                    loop.execute { self.receiver?.received(bytes) }
                }
                loop.execute { self.end(end) }
            },
            Task {
                for await bytes in outgoing {
                    do throws(SSHError) {
                        try await tunnel.write(Array(bytes.readableBytesView))
                    } catch {
                        return loop.execute { self.end(error.problem) }
                    }
                    loop.execute { self.sent(bytes.readableBytes) }
                }
                // What was taken is sent first: `close` only ends the queue.
                await tunnel.close()
            },
        ]
    }

    /// Reads when asked to, until the end; returns what broke the stream.
    private static func deliver(
        from tunnel: Tunnel,
        whenever wanted: AsyncStream<Void>,
        to receive: (ByteBuffer) -> Void
    ) async -> String? {
        do throws(SSHError) {
            for await _ in wanted {
                // The session above has deadlines of its own.
                guard let bytes = try await tunnel.next(deadline: .seconds(24 * 60 * 60)) else { return nil }
                receive(ByteBuffer(bytes: bytes))
            }
            return nil
        } catch {
            return error.problem
        }
    }

    private func sent(_ count: Int) {
        let wasWritable = isWritable
        waiting -= count
        if !wasWritable, isWritable { receiver?.becameWritable() }
    }

    private func end(_ reason: String?) { receiver?.ended(reason) }

    func close() {
        receiver = nil
        wish.finish()
        outlet.finish()
        tasks.first?.cancel()
    }
}
