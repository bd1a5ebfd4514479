package import NIOCore

/// A byte stream whose other end is held by a test, which can cut or stall it after any byte.
///
/// The far end may be a script, or be joined to a real server. Confined to its event loop, hence `@unchecked Sendable`; what the far end calls
/// may be called from anywhere.
package final class MemoryStream: ByteStream, @unchecked Sendable {
    /// What happens to the bytes of one direction.
    package enum Fault: Sendable, Hashable {
        case none
        /// The stream ends after so many bytes.
        case cut(after: Int)
        /// So many bytes come through, and then none, without an end.
        case stall(after: Int)

        fileprivate var limit: Int? {
            switch self {
            case .none: nil
            case .cut(let count), .stall(let count): count
            }
        }
    }

    private let loop: any EventLoop
    private let faults: (toServer: Fault, toClient: Fault)
    private let drips: Bool
    private var receiver: (any ByteStreamReceiver)?
    private var pending: [ByteBuffer] = []
    private var isWanted = false
    private var hasEnded = false
    private var counts = (toServer: 0, toClient: 0)
    private let outlet: AsyncStream<[UInt8]>.Continuation

    /// What the session sends; ends when the session or a fault ends the stream.
    package let sent: AsyncStream<[UInt8]>

    /// With `drips`, every byte for the session comes by itself, in a turn of the loop of its own.
    package init(on loop: any EventLoop, toServer: Fault = .none, toClient: Fault = .none, drips: Bool = false) {
        self.loop = loop
        self.drips = drips
        faults = (toServer, toClient)
        (sent, outlet) = AsyncStream.makeStream()
    }

    package var isWritable: Bool { true }

    package func start(_ receiver: any ByteStreamReceiver) {
        self.receiver = receiver
        if case .cut(after: 0) = faults.toClient { hasEnded = true }
        guard hasEnded else { return }
        for bytes in pending { receiver.received(bytes) }
        receiver.ended(nil)
    }

    package func read() {
        isWanted = true
        // Later, as a socket would: whoever asks is in the middle of something.
        loop.execute { self.deliver() }
    }

    package func send(_ bytes: ByteBuffer) {
        let room = faults.toServer.limit.map { max($0 - counts.toServer, 0) } ?? .max
        let passed = Array(bytes.readableBytesView.prefix(room))
        counts.toServer += passed.count
        if !passed.isEmpty { outlet.yield(passed) }
        if case .cut = faults.toServer, passed.count < bytes.readableBytes { loop.execute { self.end() } }
    }

    package func close() {
        receiver = nil
        hasEnded = true
        outlet.finish()
    }

    /// Bytes from the far end to the session.
    package func receive(_ bytes: [UInt8]) {
        loop.execute {
            let room = self.faults.toClient.limit.map { max($0 - self.counts.toClient, 0) } ?? .max
            let passed = bytes.prefix(room)
            self.counts.toClient += passed.count
            if !passed.isEmpty { self.pending.append(ByteBuffer(bytes: passed)) }
            self.deliver()
            if case .cut = self.faults.toClient, passed.count == room { self.end() }
        }
    }

    /// The far end hangs up.
    package func hangUp() {
        loop.execute { self.end() }
    }

    private func deliver() {
        while isWanted, !pending.isEmpty {
            isWanted = false
            var piece = pending.removeFirst()
            if drips, let first = piece.readSlice(length: 1) {
                if piece.readableBytes > 0 { pending.insert(piece, at: 0) }
                piece = first
            }
            receiver?.received(piece)
        }
    }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        outlet.finish()
        guard let receiver else { return }
        for bytes in pending { receiver.received(bytes) }
        pending = []
        receiver.ended(nil)
    }
}
