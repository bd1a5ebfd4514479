/// A TCP connection that the server made for us (`direct-tcpip`), as two streams of bytes.
package final class Tunnel: Sendable {
    private let connection: SSHConnection
    private let id: ChannelID

    init(on connection: SSHConnection, _ id: ChannelID) {
        self.connection = connection
        self.id = id
    }

    /// A tunnel that nobody looks after any more is closed.
    deinit { connection.abandon(id) }

    package func write(_ bytes: [UInt8]) async throws(SSHError) { try await connection.write(bytes, to: id) }

    /// Ends our side of the stream.
    package func finishWriting() async throws(SSHError) { try await connection.finishInput(of: id) }

    /// The next bytes of the far end; `nil` when it has ended its side.
    ///
    /// `limit` is as for `RemoteCommand.next(deadline:)`.
    package func next(deadline limit: Duration) async throws(SSHError) -> [UInt8]? {
        while let piece = try await connection.read(id, within: limit) {
            if case .output(let bytes) = piece { return bytes }
        }
        return nil
    }

    package func close() async { await connection.close(id) }
}

extension SSHConnection {
    /// Has the server connect to a port, as it sees the network.
    ///
    /// - Throws: `.forbidden` where its configuration does not allow it, `.tunnelNotConnected` where it could not connect; a server does not say
    ///   whether that was refused, unresolvable or without a route. The connection stays usable after both.
    package func tunnel(to host: String, port: Int) async throws(SSHError) -> Tunnel {
        await turnstile.enter()
        defer { turnstile.leave() }
        let attempt = "open a tunnel to \(host), port \(port)"
        let channel: SSHChannel
        do throws(SSHError) {
            channel = try await openChannel(attempt, by: deadline(\.open)) { session.openTunnel(to: host, port: port) }
        } catch {
            throw error.explainedAsTunnel(to: host, port: port)
        }
        return Tunnel(on: self, register(channel))
    }
}
