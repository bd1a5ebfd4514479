import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import SSH

@Suite struct TCPStreamTests {
    private final class Listener: ByteStreamReceiver {
        let heard = Mutex<(text: String, isOver: Bool)>(("", false))

        func received(_ bytes: ByteBuffer) { heard.withLock { $0.text += String(buffer: bytes) } }
        func becameWritable() {}
        func ended(_ reason: String?) { heard.withLock { $0.isOver = true } }
    }

    /// As an sshd does whose MaxStartups is full, and whose words are the only reason that is given.
    @Test func `what a server says before it hangs up is heard by who listens later`() async throws {
        let gone = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.writeAndFlush(ByteBuffer(string: "Exceeded MaxStartups\r\n"))
                    .flatMap { channel.close(mode: .output) }.whenComplete { _ in }
                channel.closeFuture.cascade(to: gone)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let loop = SSHServer.group.next()
        let target = SSHTarget(
            name: "mail1",
            address: "127.0.0.1",
            port: server.localAddress?.port ?? 0,
            user: "root",
            authentication: .init(),
            hostKeys: .init(userFiles: [])
        )
        let addresses = try await ServerAddresses.of(target, on: loop)
        let stream = try await TCPStream.connect(to: target, at: addresses, on: loop, within: .seconds(10))
        // Our side has closed the connection: it has read the end.
        try await gone.futureResult.get()

        let listener = Listener()
        try await loop.submit { stream.start(listener) }.get()

        let heard = listener.heard.withLock { $0 }
        #expect(heard.text == "Exceeded MaxStartups\r\n")
        #expect(heard.isOver)
        try await server.close()
    }
}
