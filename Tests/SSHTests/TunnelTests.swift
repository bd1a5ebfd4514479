import NIOCore
import NIOPosix
import Testing

@testable import SSH

@Suite struct TunnelTests {
    @Test func `bytes go through a tunnel and come back, far more than a window`() async throws {
        try await withEcho { port in
            try await SSHServer.with { server in
                try await server.connected { connection in
                    let tunnel = try await connection.tunnel(to: "127.0.0.1", port: port)
                    let sent = (0..<2 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }

                    async let writing: Void = {
                        try await tunnel.write(sent)
                        try await tunnel.finishWriting()
                    }()
                    var came: [UInt8] = []
                    while let bytes = try await tunnel.next(deadline: patience) { came += bytes }
                    try await writing

                    #expect(came == sent)
                }
            }
        }
    }

    @Test func `a tunnel to a port where nobody listens fails, and the connection goes on`() async throws {
        let port = try await freePort()
        try await SSHServer.with { server in
            try await server.connected { connection in
                let error = await #expect(throws: SSHError.self) {
                    try await connection.tunnel(to: "127.0.0.1", port: port)
                }
                let said = try await connection.output(of: "echo on")

                #expect(error?.kind == .tunnelNotConnected)
                #expect(said == "on\n")
            }
        }
    }

    @Test func `a server that forbids tunnels is told apart from one that cannot connect`() async throws {
        try await SSHServer.with(configuration: "AllowTcpForwarding no") { server in
            try await server.connected { connection in
                let error = await #expect(throws: SSHError.self) {
                    try await connection.tunnel(to: "127.0.0.1", port: 25)
                }

                #expect(error?.kind == .forbidden)
                #expect(error?.hint?.contains("AllowTcpForwarding") == true)
            }
        }
    }

    @Test func `a host behind two jump hosts is reached, and its key checked like theirs`() async throws {
        try await SSHServer.with { server in
            try await SSHServer.with { jump in
                try await server.connected {
                    $0.jumps = [jump.target(), jump.target()]
                } _: { connection in
                    let said = try await connection.output(of: "echo far")

                    #expect(said == "far\n")
                }
            }
        }
    }

    @Test func `the host key of a jump host is checked`() async throws {
        try await SSHServer.with { server in
            let error = await #expect(throws: SSHError.self) {
                try await server.open { $0.jumps = [server.target { $0.hostKeys.userFiles = [] }] }
            }

            #expect(error?.kind.name == "hostKeyUnknown")
        }
    }

    @Test func `many hosts share one connection to a jump host, which then ends`() async throws {
        try await SSHServer.with(configuration: "MaxStartups 100") { server in
            try await SSHServer.with(configuration: "MaxStartups 1:100:2") { jump in
                let jumps = JumpHosts()
                let said = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 1...20 {
                        group.addTask {
                            let target = server.target { $0.jumps = [jump.target()] }
                            let connection = try await SSHConnection.open(target, on: SSHServer.group, jumps: jumps)
                            let said = try await connection.output(of: "echo \(number)")
                            await connection.close()
                            return said
                        }
                    }
                    return try await group.reduce(into: []) { $0.insert($1) } as Set<String>
                }
                await jumps.close()

                #expect(said.count == 20)
            }
        }
    }
}

/// A server that sends back what it gets, for the length of a test.
private func withEcho(_ body: (Int) async throws -> Void) async throws {
    let listener = try await ServerBootstrap(group: SSHServer.group)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    do { try await body(port) } catch {
        try await listener.close()
        throw error
    }
    try await listener.close()
}

private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        context.close(promise: nil)
    }
}
