import Glibc
import NIOCore
import NIOPosix

/// Something that listens and is no sshd.
enum FakeServer {
    enum Manner: Sendable {
        /// Takes the connection and says nothing.
        case silence
        /// Resets the connection at once.
        case reset
        /// Says this and hangs up.
        case words(String)
        /// Says this and nothing more.
        case wordsAndSilence(String)
    }

    /// Runs it for the length of a test.
    static func with(_ manner: Manner, _ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                switch manner {
                case .silence: return channel.eventLoop.makeSucceededVoidFuture()
                case .reset:
                    let option = channel as? any SocketOptionProvider
                    return option?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).flatMap { channel.close() }
                        ?? channel.close()
                case .words(let text):
                    channel.eventLoop.scheduleTask(in: .milliseconds(50)) {
                        // Closing both directions resets the connection if the client writes later, and the text may be lost.
                        channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in
                            channel.close(mode: .output, promise: nil)
                        }
                    }
                case .wordsAndSilence(let text):
                    channel.eventLoop.scheduleTask(in: .milliseconds(50)) {
                        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
                    }
                }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(listener.localAddress?.port ?? 0)
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
    }
}
