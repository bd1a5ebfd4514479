internal import CLibSSH2
internal import NIOCore

/// A logged-in connection to one host.
///
/// Runs on its event loop: libssh2 is only ever called there, one call at a time, and no call blocks. Handshake, logging in and opening
/// channels share one state machine inside libssh2, so they take turns; reading and writing of open channels continue
/// meanwhile.
/// After a deadline has passed or a call was cancelled half-way, the connection is dropped and every later call throws.
package actor SSHConnection {
    package nonisolated let target: SSHTarget
    nonisolated let loop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.executor.asUnownedSerialExecutor() }

    let wire: Wire
    let session: LibSSH2Session
    let turnstile = Turnstile()
    let space = ReadingSpace()
    var channels: [ChannelID: SSHChannel] = [:]
    var lastChannel = 0
    /// Channels that were closed here and whose end the server has not confirmed.
    var dying: [SSHChannel] = []
    /// Why the connection is of no more use.
    private(set) var end: SSHError?
    /// Tunnels through this host that carry other connections.
    var pipes: [ChannelID: TunnelPipe] = [:]
    /// An open that the server never answered is in the way of all others (libssh2 1.10.0 has one state for all of
    /// them).
    var opensNoMore = false
    /// Whether `servePipes` is at work, which may be told of room to write meanwhile.
    var isServing = false
    /// Gives back what the connection has of the jump host that it goes through.
    let lease: JumpHosts.Lease?

    init(target: SSHTarget, over transport: any ByteStream, on loop: any EventLoop, lease: JumpHosts.Lease?)
        throws(SSHError)
    {
        self.target = target
        self.loop = loop
        self.lease = lease
        wire = Wire(transport, on: loop)
        session = try LibSSH2Session(over: wire)
    }

    isolated deinit { wire.close() }

    /// What went over the connection so far.
    package var statistics: SSHStatistics { wire.statistics }

    /// The server's identification line: `SSH-2.0-OpenSSH_9.2p1 Debian-2`.
    package var serverIdentification: String { end == nil ? session.serverIdentification : "" }

    /// What the two sides agreed on, for showing: `key exchange`, `host key`, `cipher`.
    package var agreed: [(kind: String, name: String)] {
        guard end == nil else { return [] }
        return [
            ("key exchange", session.agreed(on: LIBSSH2_METHOD_KEX)),
            ("host key", session.agreed(on: LIBSSH2_METHOD_HOSTKEY)),
            ("cipher", session.agreed(on: LIBSSH2_METHOD_CRYPT_CS)),
        ]
    }

    /// Whether it can be used still.
    var isUsable: Bool { end == nil && !wire.hasEnded }
    /// Whether it can open tunnels still.
    var canOpen: Bool { isUsable && !opensNoMore }

    /// Ends the connection and frees all that it holds, which must have happened before the process ends.
    ///
    /// Says good-bye, but waits for no answer. Closing twice is closing once.
    package func close() async {
        if end == nil {
            session.sayGoodbye()
            end = .closed(attempt: "use the connection")
        }
        wire.close()
        endPipes()
        channels = [:]
        dying = []
        session.free()
        await lease?.end()
    }

    // MARK: - Waiting

    /// Repeats a libssh2 call until it has finished.
    ///
    /// Nothing else of the same kind may begin meanwhile: see `turnstile`.
    ///
    /// - Throws: what `libssh2` says, `.timedOut`, `.cancelled`; after the last two the connection is dropped.
    @discardableResult
    func complete(
        _ attempt: String,
        by deadline: NIODeadline,
        _ call: () -> Int32
    ) async throws(SSHError) -> Int32 {
        while true {
            try checkUsable(attempt)
            let moment = wire.moment
            let code = call()
            wire.flush()
            guard code == LIBSSH2_ERROR_EAGAIN else { return try check(code, attempt) }
            try await news(attempt, since: moment, by: deadline)
        }
    }

    /// Waits for the server; a deadline or cancellation ends the connection.
    ///
    /// `moment` is that of the wire before libssh2 was called, which had nothing to go on with.
    func news(_ attempt: String, since moment: Int, by deadline: NIODeadline) async throws(SSHError) {
        // A server that says something all the time does not get more of it by that.
        guard .now() < deadline else { throw drop(.timedOut(attempt)) }
        switch await news(since: moment, by: deadline) {
        case .some: return
        case .ended: throw failure(LIBSSH2_ERROR_SOCKET_DISCONNECT, attempt)
        case .timedOut: throw drop(.timedOut(attempt))
        case .cancelled: throw drop(.cancelled(attempt))
        }
    }

    /// Waits for anything to have changed on the wire since libssh2 last looked.
    func news(since moment: Int, by deadline: NIODeadline) async -> Wire.News {
        if wire.hasUntaken { return .some }
        return wire.hasEnded ? .ended : await change(since: moment, by: deadline)
    }

    /// Waits for anything to change on the wire from that moment on.
    ///
    /// Stands here and not with `Wire`, because an async closure that is handed to the standard library leaves the event loop unless it is an actor's.
    private func change(since moment: Int, by deadline: NIODeadline) async -> Wire.News {
        let id = wire.newWaiter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wire.wait($0, as: id, since: moment, before: deadline) }
        } onCancel: {
            wire.cancel(id)
        }
    }

    /// Waits until the byte stream accepts more.
    func room(_ attempt: String, by deadline: NIODeadline) async throws(SSHError) {
        while true {
            let moment = wire.moment
            guard !wire.isWritable else { return }
            switch await change(since: moment, by: deadline) {
            case .some, .ended: break
            case .timedOut: throw drop(.timedOut(attempt))
            case .cancelled: throw drop(.cancelled(attempt))
            }
        }
    }

    func checkUsable(_ attempt: String) throws(SSHError) {
        if let end { throw end.during(attempt) }
    }

    /// Turns what libssh2 returned into a result or an error, which ends the connection if the stream under it is broken.
    func check(_ code: Int32, _ attempt: String) throws(SSHError) -> Int32 {
        guard code < 0 else { return code }
        throw failure(code, attempt)
    }

    @discardableResult
    func failure(_ code: Int32, _ attempt: String) -> SSHError {
        if let end { return end.during(attempt) }
        let detail = session.lastError.detail
        let code = SSHError.Code(rawValue: code)
        guard code.leavesSessionUsable, !wire.hasEnded else {
            return drop(.lost(attempt, farewell: wire.farewell, breakage: wire.breakage, code, detail))
        }
        return .failed(attempt, code, detail)
    }

    /// Makes the connection unusable, for this reason, and returns the reason.
    @discardableResult
    func drop(_ reason: SSHError) -> SSHError {
        if end == nil { end = reason }
        wire.close()
        endPipes()
        return reason
    }

    /// The moment until which something may take that begins now.
    func deadline(_ limit: KeyPath<SSHDeadlines, Duration>) -> NIODeadline {
        .now() + TimeAmount(target.deadlines[keyPath: limit])
    }
}

/// Lets one task at a time through, in the order they came.
///
/// Belongs to one actor.
final class Turnstile {
    private var isTaken = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    /// Waits for its turn; `leave` must follow.
    ///
    /// Who is inside has a deadline, so the wait ends.
    func enter() async {
        await withCheckedContinuation { continuation in
            // Asked in here: somebody may leave while a task is on its way into a continuation.
            guard isTaken else {
                isTaken = true
                return continuation.resume()
            }
            queue.append(continuation)
        }
    }

    func leave() {
        if queue.isEmpty { isTaken = false } else { queue.removeFirst().resume() }
    }
}
