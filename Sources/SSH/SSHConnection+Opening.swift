internal import CLibSSH2
internal import Logging
package import NIOCore

extension SSHConnection {
    /// Connects, through the jump hosts where there are any, checks the host key, and logs in.
    ///
    /// Starts that the server drops before it says who it is, as it is busy (MaxStartups), are tried again as long as connecting may take.
    ///
    /// - Parameters:
    ///   - target: The host, and how to reach it.
    ///   - group: Where the connection is to live; it stays on one of the group's event loops.
    ///   - jumps: The connections to jump hosts that many hosts share; without, the host has one of its own, which ends with it.
    /// - Returns: A connection to be closed by `close`.
    /// - Throws: What went wrong, at the host or at a jump host on the way, with a hint for the operator.
    package static func open(
        _ target: SSHTarget,
        on group: any EventLoopGroup,
        jumps: JumpHosts? = nil
    ) async throws(SSHError) -> SSHConnection {
        let loop = group.next()
        if let jumps { return try await start(target, on: loop, jumps: jumps, last: nil) }
        let own = JumpHosts()
        do throws(SSHError) {
            return try await start(target, on: loop, jumps: own, last: JumpHosts.Lease { await own.close() })
        } catch {
            await own.close()
            throw error
        }
    }

    /// `last` is given back after everything else.
    private static func start(
        _ target: SSHTarget,
        on loop: any EventLoop,
        jumps: JumpHosts,
        last: JumpHosts.Lease?
    ) async throws(SSHError) -> SSHConnection {
        let addresses = target.jumps.isEmpty ? try await ServerAddresses.of(target, on: loop) : nil
        let place = addresses?.place ?? JumpHosts.place(of: target, through: target.jumps)
        var end: ContinuousClock.Instant?
        var attempt = 0
        while true {
            await StartGate.shared.enter(place)
            end = end ?? .now + target.deadlines.connect
            do throws(SSHError) {
                let connection = try await startOnce(target, addresses, on: loop, jumps: jumps, last: last)
                StartGate.shared.leave(place, wasSilent: false)
                return connection
            } catch {
                StartGate.shared.leave(place, wasSilent: error.isFromNobody)
                let pause = StartGate.pause(before: attempt)
                guard error.kind == .busy, let end, .now + pause < end else { throw error }
                attempt += 1
                do { try await Task.sleep(for: pause) } catch {
                    throw SSHError.cancelled("connect to \(target.address)")
                }
            }
        }
    }

    private static func startOnce(
        _ target: SSHTarget,
        _ addresses: ServerAddresses?,
        on loop: any EventLoop,
        jumps: JumpHosts,
        last: JumpHosts.Lease?
    ) async throws(SSHError) -> SSHConnection {
        if let addresses {
            let limit = target.deadlines.connect
            target.logger.debug(.connect, "to \(target.address), port \(target.port)")
            let transport = try await TCPStream.connect(to: target, at: addresses, on: loop, within: limit)
            return try await open(target, over: transport, on: loop, lease: last)
        }
        let (transport, lease) = try await jumps.tunnel(to: target, on: loop)
        let both = JumpHosts.Lease {
            await lease.end()
            await last?.end()
        }
        do throws(SSHError) {
            return try await open(target, over: transport, on: loop, lease: both)
        } catch {
            await lease.end()
            throw error
        }
    }

    /// The same over a byte stream that exists already, on the event loop on which it lives.
    package static func open(
        _ target: SSHTarget,
        over transport: any ByteStream,
        on loop: any EventLoop,
        lease: JumpHosts.Lease? = nil
    ) async throws(SSHError) -> SSHConnection {
        let connection: SSHConnection
        do throws(SSHError) {
            connection = try SSHConnection(target: target, over: transport, on: loop, lease: lease)
        } catch {
            loop.execute { transport.close() }
            throw error
        }
        do throws(SSHError) {
            try await connection.begin()
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    private func begin() async throws(SSHError) {
        wire.onChange = { [weak self] in self?.assumeIsolated { $0.wireChanged() } }
        wire.start()
        let known = try KnownHostsFiles.load(target.hostKeys)
        try await handshake(known)
        try checkHostKey(known)
        wire.forgetOverture()
        try await logIn()
    }

    private var hostName: HostName {
        HostName(address: target.address, port: target.port, alias: target.hostKeys.alias)
    }

    /// Agrees on keys, with the host key algorithms that known_hosts can judge.
    private func handshake(_ known: KnownHosts) async throws(SSHError) {
        let types = known.types(of: hostName)
        let algorithms = Algorithms.offered.limited(toKeyTypes: Set(types.map(\.type)))
        guard !algorithms.hostKeys.isEmpty else { throw .knownKeysUnsupported(types) }
        guard session.prefer(algorithms) else { throw .noSession() }
        let start = ContinuousClock.now
        do throws(SSHError) {
            try await complete("agree on keys", by: deadline(\.handshake)) { session.handshake() }
            let methods = agreed.map { "\($0.kind) \($0.name)" }.joined(separator: ", ")
            target.logger.info(.handshake, "with \(serverIdentification), \(Logger.time(since: start))")
            target.logger.debug(.handshake, methods)
        } catch {
            let offer = ServerOffer(overture: wire.overture ?? [])
            throw drop(error.explained(by: offer, offered: algorithms, known: types))
        }
    }

    /// Refuses a key that is not the host's.
    ///
    /// Nothing secret was sent before.
    private func checkHostKey(_ known: KnownHosts) throws(SSHError) {
        guard let key = session.hostKey else { throw drop(.noHostKey()) }
        let fingerprint = KnownHosts.fingerprint(key)
        target.logger.debug(.hostKey, "the server's is \(fingerprint)")
        switch known.verdict(on: key, of: hostName) {
        case .known: return
        case .revoked: throw drop(.hostKeyRevoked(fingerprint))
        case .changed(let places): throw drop(.hostKeyChanged(fingerprint, hostName, places))
        case .unknown(let authority):
            guard target.hostKeys.unknown == .acceptNew else {
                let policy = target.hostKeys
                let files = (policy.userFiles + policy.globalFiles).map(File.expanded)
                throw drop(
                    .hostKeyUnknown(fingerprint, authority: authority, files: files, isInDNS: policy.isInDNS)
                )
            }
            try KnownHostsFiles.append(key, of: hostName, to: target.hostKeys)
        }
    }
}
