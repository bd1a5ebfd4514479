internal import CLibSSH2
internal import NIOCore

/// A tunnel that carries another connection: what it waits for, and what is to go.
///
/// Confined to the loop of the connection that it goes through.
final class TunnelPipe {
    /// Who is told; nobody before the first read or write.
    var transport: TunnelStream?
    var isWanted = false
    var outbox = ByteBuffer()
    /// Whether it ends as soon as everything was sent.
    var isFinishing = false
}

/// Tunnels that carry other connections, hundreds of them perhaps: served all together whenever something came, so that nobody waits.
extension SSHConnection {
    /// Does this on the connection's loop, after all that was posted before.
    nonisolated func post(_ work: @escaping @Sendable (isolated SSHConnection) -> Void) {
        loop.execute { self.assumeIsolated(work) }
    }

    /// Has the server connect to a port, for another connection.
    ///
    /// libssh2 can open one channel at a time, so whoever calls takes turns with others. Where the server does not say for a minute whether it
    /// could connect, the connection stays as it is, but can open nothing more.
    func openPipe(to host: String, port: Int) async throws(SSHError) -> ChannelID {
        await turnstile.enter()
        defer { turnstile.leave() }
        let attempt = "connect to \(host), port \(port)"
        let deadline = NIODeadline.now() + .seconds(70)
        while true {
            try checkUsable(attempt)
            guard !opensNoMore else { throw .timedOut(attempt) }
            let moment = wire.moment
            let channel = session.openTunnel(to: host, port: port)
            wire.flush()
            if let channel {
                wire.countChannel()
                let id = register(channel)
                pipes[id] = TunnelPipe()
                return id
            }
            let code = session.lastError.code
            if code == LIBSSH2_ERROR_EAGAIN, case .some = await news(since: moment, by: deadline) { continue }
            try checkUsable(attempt)
            guard code != LIBSSH2_ERROR_EAGAIN || wire.hasEnded, code != LIBSSH2_ERROR_TIMEOUT else {
                opensNoMore = true
                throw .timedOut(attempt)
            }
            throw failure(code, attempt).explainedAsTunnel(to: host, port: port)
        }
    }

    func want(from id: ChannelID, for transport: TunnelStream) {
        guard let pipe = pipe(id, transport) else { return }
        pipe.isWanted = true
        servePipes()
    }

    func send(_ bytes: ByteBuffer, through id: ChannelID, for transport: TunnelStream) {
        guard let pipe = pipe(id, transport) else { return }
        pipe.outbox.writeImmutableBuffer(bytes)
        guard let channel = channels[id] else { return }
        sendAll(of: pipe, id, channel)
        // Sending makes libssh2 read: what it took off the wire may be for any of them.
        servePipes()
    }

    /// Sends what was taken, then closes the tunnel.
    func finish(_ id: ChannelID) {
        guard let pipe = pipes[id] else { return }
        pipe.isFinishing = true
        if pipe.outbox.readableBytes == 0 { endPipe(id, nil) }
    }

    private func pipe(_ id: ChannelID, _ transport: TunnelStream) -> TunnelPipe? {
        guard let pipe = pipes[id] else {
            transport.ended(lossOfCarrier)
            return nil
        }
        pipe.transport = transport
        return pipe
    }

    private var lossOfCarrier: String? { end.map { "through \(target.name): \($0.problem)" } }

    /// Takes what came for each of them, and sends what waits.
    func servePipes() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        var taken = -1
        while end == nil, taken != wire.taken, let any = channels.values.first {
            let code = any.pump()
            if code < 0, code != LIBSSH2_ERROR_EAGAIN { failure(code, "carry other connections") }
            taken = wire.taken
            for (id, pipe) in pipes where end == nil {
                guard let channel = channels[id] else { continue }
                sendAll(of: pipe, id, channel)
                if pipe.isWanted, pipes[id] != nil { receive(pipe, id, channel) }
            }
        }
        if end == nil { dying.removeAll { $0.free() != LIBSSH2_ERROR_EAGAIN } }
        wire.flush()
        endPipes()
    }

    private func receive(_ pipe: TunnelPipe, _ id: ChannelID, _ channel: SSHChannel) {
        if channel.hasQueued, case .bytes(let bytes) = channel.read(.output, through: space) {
            pipe.isWanted = false
            wire.noteDelivery()
            pipe.transport?.received(bytes)
        } else if channel.isAtEnd {
            endPipe(id, nil)
        }
    }

    private func sendAll(of pipe: TunnelPipe, _ id: ChannelID, _ channel: SSHChannel) {
        while pipe.outbox.readableBytes > 0, wire.isWritable {
            let count = channel.write(pipe.outbox)
            guard count > 0 else {
                if count < 0, count != Int(LIBSSH2_ERROR_EAGAIN) {
                    endPipe(id, failure(Int32(count), "carry another connection").problem)
                }
                break
            }
            pipe.outbox.moveReaderIndex(forwardBy: count)
            pipe.transport?.sent(count)
        }
        wire.flush()
        guard pipe.outbox.readableBytes == 0 else { return }
        pipe.outbox.clear()
        if pipe.isFinishing { endPipe(id, nil) }
    }

    private func endPipe(_ id: ChannelID, _ reason: String?) {
        guard let pipe = pipes.removeValue(forKey: id) else { return }
        pipe.transport?.ended(reason)
        pipe.transport = nil
        if let channel = channels.removeValue(forKey: id), end == nil { dismiss(channel) }
    }

    /// The connection has ended, and with it all that it carried.
    func endPipes() {
        guard end != nil || wire.hasEnded else { return }
        let reason = lossOfCarrier ?? "the connection to \(target.name) was lost"
        for id in pipes.keys { endPipe(id, reason) }
    }
}
