internal import NIOCore

/// What a session and the transport under it share: bytes that came, bytes to go, and who waits for news.
///
/// Confined to the event loop of the session, hence `@unchecked Sendable`. The C callbacks of libssh2 work on it, and so never
/// block: sending always succeeds, receiving takes what is there. As nothing that libssh2 sends is ever taken in part, a call
/// that would block has sent all it had to say, and waits for the server alone.
final class Wire: ByteStreamReceiver, @unchecked Sendable {
    /// How many bytes may lie here before the transport is not asked for more.
    static let inboxLimit = 1 << 20

    /// How much of what the server said first is kept, for explaining a failed handshake: banner and KEXINIT are far shorter.
    static let overtureLimit = 16 << 10

    /// How much libssh2 may hold before there are channels: an honest server's keys and algorithms are far less.
    static let heldAtFirst = 4 << 20
    /// How much it may hold at the most: libssh2 keeps messages that nobody asked for, forever.
    static let heldAtMost = 64 << 20
    /// How many bytes a server may say that are of no use to anybody.
    static let uselessLimit = 8 << 20

    let loop: any EventLoop
    private let transport: any ByteStream
    private var inbox = ByteBuffer()
    private var outbox = ByteBuffer()
    private var isPaused = false
    private var isOpen = true
    /// Whether libssh2 has been told of the end of the stream.
    private var endWasTaken = false
    private var waiters: [Waiter] = []
    /// Grows with everything that happens here.
    private(set) var moment = 0
    private var lastWaiter = 0
    /// Rings when the first who waits may wait no longer, or earlier.
    ///
    /// One for all, and left as it is when they are woken: nearly every wait ends long before its time.
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?
    private var wasSending = false

    /// What the server said first, as long as it is of use.
    private(set) var overture: [UInt8]? = []
    /// Why the stream ended, where there is more to say than that it did.
    private(set) var breakage: String?
    /// The text of the server's SSH_MSG_DISCONNECT.
    var farewell: String?
    private(set) var statistics = SSHStatistics()
    /// Who answers the server's questions while logging in.
    var interview: KeyboardInteractiveAnswers?
    /// Told of bytes that came, of room to write, and of the end.
    var onChange: (@Sendable () -> Void)?
    /// How much libssh2 holds in memory, all in all.
    private var held = 0
    private var heldLimit = Wire.heldAtFirst
    /// Bytes that libssh2 took since something of them was last of use to anybody.
    private var useless = 0
    /// How much libssh2 has taken so far.
    private(set) var taken = 0

    private struct Waiter {
        let id: WaiterID
        let deadline: NIODeadline
        let continuation: CheckedContinuation<News, Never>
    }

    struct WaiterID: Sendable, Equatable {
        let number: Int
    }

    enum News: Sendable {
        case some
        /// The stream has ended, and libssh2 knows it: nothing more will come.
        case ended
        case timedOut
        case cancelled
    }

    init(_ transport: any ByteStream, on loop: any EventLoop) {
        self.transport = transport
        self.loop = loop
    }

    func start() {
        transport.start(self)
        transport.read()
    }

    var hasEnded: Bool { !isOpen }
    /// Whether there is something that libssh2 has not taken yet.
    ///
    /// It may say that it would block without having asked for all that is there: after half a packet it leaves the rest for the next call
    /// (libssh2 1.10.0, `_libssh2_transport_read`).
    var hasUntaken: Bool { inbox.readableBytes > 0 || !isOpen && !endWasTaken }
    var isWritable: Bool { !isOpen || transport.isWritable }
    var hasWaiters: Bool { !waiters.isEmpty }

    /// Keeps a continuation until bytes came, there is room to write, the stream ended, or time is up.
    ///
    /// Everybody who waits is woken by everything: one call to libssh2 reads for all channels.
    ///
    /// `moment` is when whoever waits has looked last. Something may have happened since: a task that prefers an executor leaves the loop for a turn
    /// each time it enters a function of an actor (Swift 6.3, `swift_task_switch`).
    func wait(
        _ continuation: CheckedContinuation<News, Never>,
        as id: WaiterID,
        since moment: Int,
        before deadline: NIODeadline
    ) {
        loop.preconditionInEventLoop()
        guard moment == self.moment else { return continuation.resume(returning: .some) }
        waiters.append(Waiter(id: id, deadline: deadline, continuation: continuation))
        setAlarm(at: deadline)
    }

    private func setAlarm(at deadline: NIODeadline) {
        if let alarm {
            guard deadline < alarm.at else { return }
            alarm.task.cancel()
        }
        alarm = (deadline, loop.scheduleTask(deadline: deadline) { self.ring() })
    }

    private func ring() {
        alarm = nil
        let now = NIODeadline.now()
        for waiter in waiters where waiter.deadline <= now { wake(waiter.id, .timedOut) }
        if let next = waiters.map(\.deadline).min() { setAlarm(at: next) }
    }

    /// To be called from any thread: wakes one who waits, or is about to.
    func cancel(_ id: WaiterID) {
        loop.execute { self.wake(id, .cancelled) }
    }

    func newWaiter() -> WaiterID {
        lastWaiter += 1
        return WaiterID(number: lastWaiter)
    }

    func wakeAll() {
        moment += 1
        // None of them runs before this returns.
        for waiter in waiters { waiter.continuation.resume(returning: .some) }
        waiters.removeAll(keepingCapacity: true)
    }

    private func wake(_ id: WaiterID, _ news: News) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(returning: news)
    }

    /// How many bytes wait for `flush`.
    var unsent: Int { outbox.readableBytes }

    /// Hands over what libssh2 wrote since the last call, in one piece.
    func flush() {
        guard isOpen, outbox.readableBytes > 0 else { return }
        statistics.bytesSent += outbox.readableBytes
        wasSending = true
        transport.send(outbox)
        outbox = ByteBuffer()
    }

    /// Ends the stream.
    ///
    /// From now on libssh2's callbacks answer with an error, so that freeing a session cannot wait.
    func close() {
        guard isOpen else { return }
        flush()
        inbox = ByteBuffer()
        end()
    }

    private func end() {
        isOpen = false
        transport.close()
        onChange?()
        wakeAll()
        alarm?.task.cancel()
        alarm = nil
    }

    func forgetOverture() { overture = nil }

    func countChannel() { statistics.channelsOpened += 1 }
}

// MARK: - What the transport brings

extension Wire {
    func received(_ bytes: ByteBuffer) {
        loop.assertInEventLoop()
        guard isOpen else { return }
        statistics.bytesReceived += bytes.readableBytes
        if wasSending {
            wasSending = false
            statistics.roundTrips += 1
        }
        if let heard = overture?.count, heard < Self.overtureLimit {
            overture?.append(contentsOf: bytes.readableBytesView.prefix(Self.overtureLimit - heard))
        }
        inbox.writeImmutableBuffer(bytes)
        if inbox.readableBytes < Self.inboxLimit { transport.read() } else { isPaused = true }
        onChange?()
        wakeAll()
    }

    func becameWritable() {
        onChange?()
        wakeAll()
    }

    func ended(_ reason: String?) {
        guard isOpen else { return }
        breakage = reason
        end()
    }
}

// MARK: - What libssh2's callbacks do

extension Wire {
    /// Moves bytes that came into libssh2's buffer; `nil` when there are none yet, 0 at the end of the stream.
    @safe func take(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        loop.assertInEventLoop()
        let count = min(buffer.count, inbox.readableBytes)
        if isOpen, count > 0, held > heldLimit || useless > Self.uselessLimit {
            // Told to libssh2 alone, in the middle of whose call we are: what that returns ends the connection.
            breakage = "it sent \(max(held, useless) >> 20) MiB of unexpected data"
            return 0
        }
        useless += count
        taken += count
        guard count > 0 else {
            endWasTaken = !isOpen
            return isOpen ? nil : 0
        }
        unsafe inbox.readWithUnsafeReadableBytes { bytes in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
            return count
        }
        if inbox.readableBytes == 0 { inbox.clear() }
        if isPaused, inbox.readableBytes < Self.inboxLimit / 2 {
            isPaused = false
            transport.read()
        }
        return count
    }

    /// Counts memory that libssh2 took, or gave back.
    func hold(_ bytes: Int) { held += bytes }

    /// Something that came was of use.
    func noteDelivery() { useless = 0 }

    /// Allows for so many channels' windows, each of which may be full of small packets.
    func allow(channels: Int) {
        heldLimit = min(Self.heldAtFirst + 2 * Int(SSHChannel.window) * channels, Self.heldAtMost)
    }

    /// Keeps bytes until the next flush; false when the stream has ended.
    @safe func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        loop.assertInEventLoop()
        guard isOpen else { return false }
        unsafe outbox.writeBytes(bytes)
        return true
    }
}

/// What went over a connection so far.
package struct SSHStatistics: Sendable, Equatable {
    package var bytesSent = 0
    package var bytesReceived = 0
    package var channelsOpened = 0
    /// How often the server answered after we had said something: the round trips as seen from here.
    package var roundTrips = 0

    package init() {}
}
