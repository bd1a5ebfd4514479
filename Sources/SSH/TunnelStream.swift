internal import NIOCore

/// A tunnel through a jump host as a transport.
///
/// The connection to the jump host lives on a loop of its own, and what the two tell each other changes loops in the order in which
/// it was said. No task is between them. Confined to its event loop, hence `@unchecked Sendable`.
final class TunnelStream: ByteStream, @unchecked Sendable {
    /// How many bytes may wait to be taken by the jump host before `isWritable` says no.
    private static let limit = 256 << 10

    private let carrier: SSHConnection
    private let id: ChannelID
    private let loop: any EventLoop
    private var receiver: (any ByteStreamReceiver)?
    private var waiting = 0
    /// What ended it, before anybody listened.
    private var end: (reason: String?, isOver: Bool) = (nil, false)

    init(_ id: ChannelID, of carrier: SSHConnection, on loop: any EventLoop) {
        self.carrier = carrier
        self.id = id
        self.loop = loop
    }

    var isWritable: Bool { waiting < Self.limit }

    func start(_ receiver: any ByteStreamReceiver) {
        self.receiver = receiver
        if end.isOver { receiver.ended(end.reason) }
    }

    func read() { carrier.post { [id] in $0.want(from: id, for: self) } }

    func send(_ bytes: ByteBuffer) {
        waiting += bytes.readableBytes
        carrier.post { [id] in $0.send(bytes, through: id, for: self) }
    }

    func close() {
        receiver = nil
        carrier.post { [id] in $0.finish(id) }
    }
}

// MARK: - What the connection to the jump host tells, from its own loop

extension TunnelStream {
    func received(_ bytes: [UInt8]) {
        loop.execute { self.receiver?.received(ByteBuffer(bytes: bytes)) }
    }

    func sent(_ count: Int) {
        loop.execute {
            let wasWritable = self.isWritable
            self.waiting -= count
            if !wasWritable, self.isWritable { self.receiver?.becameWritable() }
        }
    }

    func ended(_ reason: String?) {
        loop.execute {
            self.end = (reason, true)
            self.receiver?.ended(reason)
            self.receiver = nil
        }
    }
}
