internal import CLibSSH2
package import NIOCore

extension SSHConnection {
    /// Connects, through the jump hosts where there are any, checks the host key, and logs in.
    ///
    /// - Parameters:
    ///   - target: The host, and how to reach it.
    ///   - group: Where the connection is to live; it stays on one of the group's event loops.
    ///   - carrier: An open connection to start from instead of from here, as to a jump host that many hosts share. It is not closed with
    ///     this one.
    /// - Returns: A connection to be closed by `close`.
    /// - Throws: What went wrong, at the host or at a jump host on the way, with a hint for the operator.
    package static func open(
        _ target: SSHTarget,
        on group: any EventLoopGroup,
        through carrier: SSHConnection? = nil
    ) async throws(SSHError) -> SSHConnection {
        let loop = group.next()
        var hop = carrier
        var owned: SSHConnection?
        do throws(SSHError) {
            for jump in target.jumps {
                owned = try await open(jump, from: hop, on: loop, carrier: owned)
                hop = owned
            }
            return try await open(target, from: hop, on: loop, carrier: owned)
        } catch {
            await owned?.close()
            throw error
        }
    }

    private static func open(
        _ target: SSHTarget,
        from hop: SSHConnection?,
        on loop: any EventLoop,
        carrier: SSHConnection?
    ) async throws(SSHError) -> SSHConnection {
        let transport: any Transport
        if let hop {
            do throws(SSHError) {
                transport = TunnelTransport(try await hop.tunnel(to: target.address, port: target.port), on: loop)
            } catch {
                throw error.through(hop.target.name)
            }
        } else {
            transport = try await TCPTransport.connect(
                to: target.address,
                port: target.port,
                on: loop,
                within: target.deadlines.connect
            )
        }
        return try await open(target, over: transport, on: loop, carrier: carrier)
    }

    /// The same over a transport that is there already, on the event loop of which it lives.
    package static func open(
        _ target: SSHTarget,
        over transport: any Transport,
        on loop: any EventLoop,
        carrier: SSHConnection? = nil
    ) async throws(SSHError) -> SSHConnection {
        let connection: SSHConnection
        do throws(SSHError) {
            connection = try SSHConnection(target: target, over: transport, on: loop, carrier: carrier)
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
        wire.onIdleInput = { [weak self] in
            Task { await self?.pump() }
        }
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
        do throws(SSHError) {
            try await complete("agree on keys", by: deadline(\.handshake)) { session.handshake() }
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
        switch known.verdict(on: key, of: hostName) {
        case .known: return
        case .revoked: throw drop(.hostKeyRevoked(fingerprint))
        case .changed(let places): throw drop(.hostKeyChanged(fingerprint, hostName, places))
        case .unknown(let authority):
            guard target.hostKeys.unknown == .acceptNew else {
                throw drop(.hostKeyUnknown(fingerprint, authority: authority))
            }
            try KnownHostsFiles.append(key, of: hostName, to: target.hostKeys)
        }
    }
}
