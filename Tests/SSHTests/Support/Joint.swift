import NIOCore
import NIOPosix

@testable import SSH

extension MemoryStream {
    /// Joins the far end to a real server: what the session sends goes there, what it answers comes back.
    func join(_ server: SSHServer) async throws {
        let channel = try await ClientBootstrap(group: SSHServer.group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FarEnd(transport: self))
                }
            }
            .connect(host: "127.0.0.1", port: server.port).get()
        Task {
            for await bytes in sent { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
            channel.close(promise: nil)
        }
    }

    /// Plays a server that says this and then listens.
    func say(_ text: String) { receive(Array(text.utf8)) }
}

private final class FarEnd: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let transport: MemoryStream

    init(transport: MemoryStream) { self.transport = transport }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        transport.receive(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { transport.hangUp() }
}
