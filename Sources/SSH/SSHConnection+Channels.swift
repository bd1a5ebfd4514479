internal import CLibSSH2
internal import NIOCore

extension SSHConnection {
    /// Starts a command in the user's login shell, with three pipes and no terminal.
    package func run(_ command: String) async throws(SSHError) -> RemoteCommand {
        await turnstile.enter()
        defer { turnstile.leave() }
        let deadline = deadline(\.open)
        let attempt = "open a session"
        let channel: SSHChannel
        do throws(SSHError) {
            channel = try await openChannel(attempt, by: deadline) { session.openSession() }
        } catch {
            throw error.explainedAsSession()
        }
        do throws(SSHError) {
            try await complete("start a command", by: deadline) { channel.start(command) }
        } catch {
            dismiss(channel)
            throw error
        }
        return RemoteCommand(on: self, register(channel))
    }

    func openChannel(
        _ attempt: String,
        by deadline: NIODeadline,
        _ call: () -> SSHChannel?
    ) async throws(SSHError) -> SSHChannel {
        while true {
            try checkUsable(attempt)
            let moment = wire.moment
            let channel = call()
            wire.flush()
            if let channel {
                wire.countChannel()
                return channel
            }
            let code = session.lastError.code
            guard code == LIBSSH2_ERROR_EAGAIN else { throw failure(code, attempt) }
            try await news(attempt, since: moment, by: deadline)
        }
    }

    func register(_ channel: SSHChannel) -> ChannelID {
        lastChannel += 1
        let id = ChannelID(number: lastChannel)
        channels[id] = channel
        wire.allow(channels: channels.count)
        return id
    }

    private func channel(_ id: ChannelID, _ attempt: String) throws(SSHError) -> SSHChannel {
        try checkUsable(attempt)
        guard let channel = channels[id] else { throw .closed(attempt: attempt) }
        return channel
    }

    /// In packets that fit into a new connection's first round trip (10 segments: RFC 6928, section 2), as the server
    /// hands on nothing of one before all of it is there (RFC 4253, section 6.4): a program begins while its rest is
    /// on the way.
    ///
    /// Several packets are handed to the kernel at once.
    func write(_ bytes: [UInt8], to id: ChannelID) async throws(SSHError) {
        let attempt = "write"
        var offset = 0
        var deadline = deadline(\.write)
        while offset < bytes.count {
            try await room(attempt, by: deadline)
            let channel = try channel(id, attempt)
            let moment = wire.moment
            let count = channel.write(bytes, from: offset, atMost: 6 << 10)
            if count <= 0 || offset + count == bytes.count || wire.unsent > 48 << 10 { wire.flush() }
            if count > 0 {
                offset += count
                deadline = self.deadline(\.write)
            } else if count == 0 || count == Int(LIBSSH2_ERROR_EAGAIN) {
                try await news(attempt, since: moment, by: deadline)
            } else {
                throw failure(Int32(count), attempt)
            }
        }
    }

    func finishInput(of id: ChannelID) async throws(SSHError) {
        let attempt = "end the input"
        let channel = try channel(id, attempt)
        try await complete(attempt, by: deadline(\.write)) { channel.sendEOF() }
    }

    func read(_ id: ChannelID, within limit: Duration) async throws(SSHError) -> RemoteOutput? {
        let attempt = "read"
        let deadline = NIODeadline.now() + TimeAmount(limit)
        while true {
            let channel = try channel(id, attempt)
            defer { wire.flush() }
            let (taken, moment) = (wire.taken, wire.moment)
            if case .bytes(let bytes) = channel.read(.output, through: space) { return .output(useful(bytes)) }
            switch channel.read(.errors, through: space) {
            case .bytes(let bytes): return .errors(useful(bytes))
            case .nothing where channel.isAtEnd: return nil
            case .nothing(let code) where code < 0 && code != LIBSSH2_ERROR_EAGAIN: throw failure(code, attempt)
            // What asking for errors took off the wire may be output.
            case .nothing where wire.taken != taken: continue
            case .nothing: break
            }
            wire.flush()
            switch await news(since: moment, by: deadline) {
            case .some: continue
            case .ended: throw failure(LIBSSH2_ERROR_SOCKET_DISCONNECT, attempt)
            case .timedOut: throw drop(.timedOut(attempt))
            case .cancelled: throw .cancelled(attempt)
            }
        }
    }

    private func useful(_ bytes: [UInt8]) -> [UInt8] {
        wire.noteDelivery()
        return bytes
    }

    func ending(of id: ChannelID) async -> RemoteEnding {
        guard let channel = channels[id], end == nil else { return .lost }
        do throws(SSHError) {
            try await complete("wait for the end", by: deadline(\.close)) { channel.waitClosed() }
        } catch {
            return .lost
        }
        return channel.ending(of: session)
    }

    func close(_ id: ChannelID) {
        guard let channel = channels.removeValue(forKey: id) else { return }
        dismiss(channel)
        wire.wakeAll()
    }

    nonisolated func abandon(_ id: ChannelID) {
        Task { await close(id) }
    }

    /// Closes a channel, and frees it when the server has answered.
    func dismiss(_ channel: SSHChannel) {
        dying.append(channel)
        pump()
    }

    /// Something came, or there is room to write, or the connection has ended.
    func wireChanged() {
        if !pipes.isEmpty { servePipes() } else if !wire.hasWaiters, !wire.hasEnded { pump() }
    }

    /// Lets libssh2 read what came: answers to what we closed, and questions of the server (is anybody there?) that it answers by itself.
    func pump() {
        guard end == nil else { return }
        guard pipes.isEmpty else { return servePipes() }
        dying.removeAll { $0.free() != LIBSSH2_ERROR_EAGAIN }
        if let code = channels.values.first?.pump(), code < 0, code != LIBSSH2_ERROR_EAGAIN { failure(code, "listen") }
        wire.flush()
    }
}

extension LibSSH2Session {
    func openSession() -> SSHChannel? {
        unsafe SSHChannel(libssh2_channel_open_ex(handle, "session", 7, SSHChannel.window, 32 << 10, nil, 0))
    }

    /// A channel as `libssh2_channel_direct_tcpip_ex` opens it, but with our window: that takes 2 MiB (libssh2 1.10.0).
    ///
    /// The originator is not known to anybody; servers log it and no more (RFC 4254, section 7.2).
    func openTunnel(to host: String, port: Int) -> SSHChannel? {
        var message: [UInt8] = []
        message.append(field: host.utf8)
        message.append(number: UInt32(clamping: port))
        message.append(field: "127.0.0.1".utf8)
        message.append(number: 0)
        return unsafe message.withUnsafeBytes { bytes in
            let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
            let length = UInt32(bytes.count)
            return unsafe SSHChannel(
                libssh2_channel_open_ex(handle, "direct-tcpip", 12, SSHChannel.window, 32 << 10, start, length)
            )
        }
    }
}
