import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import SSH

/// A server that does not stop talking: it is dropped after a few MiB and soon, whatever it says.
@Suite struct HostileServerTests {
    private static let banner = "SSH-2.0-hostile\r\n"

    /// A message before keys are agreed on, in clear (RFC 4253, section 6).
    private static func packet(_ type: UInt8, count: Int) -> [UInt8] {
        var packet: [UInt8] = []
        packet.append(number: UInt32(count + 6))
        return packet + [4, type] + [UInt8](repeating: 0, count: count + 4)
    }

    enum Speech: String, CaseIterable {
        case lines, lineWithoutEnd, ignored, debug, banners, confirmations, unknown, manySmall

        var talker: Talker {
            switch self {
            case .lines: Talker(first: "", piece: Array("a line that means nothing\n".utf8))
            case .lineWithoutEnd: Talker(first: "", piece: [UInt8](repeating: 0x61, count: 1000))
            case .ignored: Talker(first: banner, piece: packet(2, count: 1000))
            case .debug: Talker(first: banner, piece: packet(4, count: 1000))
            case .banners: Talker(first: banner, piece: packet(53, count: 20_000))
            case .confirmations: Talker(first: banner, piece: packet(91, count: 20_000))
            case .unknown: Talker(first: banner, piece: packet(200, count: 30_000))
            case .manySmall: Talker(first: banner, piece: packet(200, count: 10))
            }
        }
    }

    @Test(arguments: Speech.allCases)
    func `a server that says one thing without end is dropped before login`(what: Speech) async throws {
        let talker = what.talker
        let start = ContinuousClock.now
        let error = try await talker.listening { port in
            let target = SSHTarget(
                name: "hostile",
                address: "127.0.0.1",
                port: port,
                user: "root",
                authentication: SSHAuthentication(),
                hostKeys: HostKeyPolicy(userFiles: [])
            )
            return await #expect(throws: SSHError.self) { try await SSHConnection.open(target, on: SSHServer.group) }
        }

        // What the two sockets and our own inbox hold comes on top.
        #expect(talker.sent < 32 << 20, "\(what): \(talker.sent >> 20) MiB, \(error?.problem ?? "")")
        #expect(.now - start < .seconds(120), "\(what): \(error?.problem ?? "")")
    }

    @Test func `what a command prints and nobody reads stays with the server`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("yes >&2")
                try await Task.sleep(for: .seconds(1))
                let received = await connection.statistics.bytesReceived

                #expect(received < 1 << 20)
                await command.close()
                #expect(try await connection.output(of: "echo on") == "on\n")
            }
        }
    }
}

/// Says one thing, and then another without end, as fast as it is taken.
final class Talker: Sendable {
    private let first: [UInt8]
    private let piece: [UInt8]
    private let count = Mutex(0)

    init(first: String, piece: [UInt8]) {
        self.first = Array(first.utf8)
        self.piece = Array(repeatElement(piece, count: max(1, (64 << 10) / piece.count)).joined())
    }

    /// How many bytes the system took.
    var sent: Int { count.withLock { $0 } }

    func listening<Result>(_ body: (Int) async throws -> Result) async throws -> Result {
        let listener = try await ServerBootstrap(group: SSHServer.group)
            .childChannelInitializer { channel in
                self.talk(ByteBuffer(bytes: self.first), on: channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result
        do { result = try await body(try #require(listener.localAddress?.port)) } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
        return result
    }

    private func talk(_ bytes: ByteBuffer, on channel: any Channel) {
        channel.eventLoop.execute {
            channel.writeAndFlush(bytes).whenSuccess {
                self.count.withLock { $0 += bytes.readableBytes }
                self.talk(ByteBuffer(bytes: self.piece), on: channel)
            }
        }
    }
}
