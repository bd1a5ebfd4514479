import NIOCore
import NIOPosix
import Testing

@testable import SSH

/// Connections that are cut, or go silent, after any number of bytes in either direction.
@Suite struct FaultTests {
    private static let said = "all is well\n"

    /// A whole session over memory, joined to a real server.
    private func session(
        with server: SSHServer,
        toServer: MemoryStream.Fault = .none,
        toClient: MemoryStream.Fault = .none,
        patience: Duration = patience
    ) async throws -> (output: String, ending: RemoteEnding, statistics: SSHStatistics) {
        let loop = SSHServer.group.next()
        let transport = MemoryStream(on: loop, toServer: toServer, toClient: toClient)
        return try await session(with: server, over: transport, on: loop, patience: patience)
    }

    private func session(
        with server: SSHServer,
        over transport: MemoryStream,
        on loop: any EventLoop,
        patience: Duration
    ) async throws -> (output: String, ending: RemoteEnding, statistics: SSHStatistics) {
        try await transport.join(server)
        let target = server.target { target in
            for limit in [\SSHDeadlines.handshake, \.login, \.open, \.write, \.close] {
                target.deadlines[keyPath: limit] = patience
            }
        }
        let connection = try await SSHConnection.open(target, over: transport, on: loop)
        do {
            let command = try await connection.run("cat; exit 7")
            try await command.write(Array(Self.said.utf8))
            try await command.finishInput()
            let said = try await command.everything(within: patience)
            let ending = await command.ending
            let statistics = await connection.statistics
            await connection.close()
            return (string(said.output), ending, statistics)
        } catch {
            await connection.close()
            throw error
        }
    }

    /// A host was kept waiting forever by an answer that came in between.
    @Test func `whoever goes to sleep is woken by what has come since it looked`() async {
        let loop = SSHServer.group.next()
        let wire = Wire(MemoryStream(on: loop), on: loop)

        let news = await withCheckedContinuation { continuation in
            loop.execute {
                let moment = wire.moment
                wire.received(ByteBuffer(bytes: [1]))
                wire.wait(continuation, as: wire.newWaiter(), since: moment, before: .now() + .seconds(2))
            }
        }

        #expect(news == .some)
    }

    /// As mtactl runs it: a task that prefers the loop of the connection.
    @Test(arguments: 1...5)
    func `a task that lives on the loop misses nothing that comes while it goes to sleep`(round: Int) async throws {
        try await SSHServer.with { server in
            let loop = SSHServer.group.next()
            let transport = MemoryStream(on: loop, drips: true)
            let task = Task(executorPreference: EventLoopExecutor(on: loop)) {
                try await session(with: server, over: transport, on: loop, patience: patience)
            }
            let output = try await task.value.output

            #expect(output == Self.said)
        }
    }

    /// Every how many bytes a session is disturbed: a prime, so that over the messages every place in one is met.
    private static let step = 23

    @Test func `a session that is cut after any byte from the server ends in an error or in the whole truth`()
        async throws
    {
        try await eachCut { server, count in
            try await session(with: server, toClient: .cut(after: count))
        } of: {
            $0.bytesReceived
        }
    }

    @Test func `a session that is cut after any byte to the server ends in an error or in the whole truth`()
        async throws
    {
        try await eachCut { server, count in
            try await session(with: server, toServer: .cut(after: count))
        } of: {
            $0.bytesSent
        }
    }

    private func eachCut(
        _ disturbed:
            @escaping @Sendable (SSHServer, Int) async throws -> (
                output: String, ending: RemoteEnding, statistics: SSHStatistics
            ),
        of size: (SSHStatistics) -> Int
    ) async throws {
        try await SSHServer.with(configuration: "MaxStartups 1000\nMaxAuthTries 1000") { server in
            let whole = try await session(with: server)
            #expect(whole.output == Self.said)
            #expect(whole.ending == .status(7))
            let sizes = Array(stride(from: 0, to: size(whole.statistics), by: Self.step))
            #expect(sizes.count > 20)

            for batch in stride(from: 0, to: sizes.count, by: 8) {
                await withTaskGroup(of: Void.self) { group in
                    for count in sizes[batch..<min(batch + 8, sizes.count)] {
                        group.addTask {
                            do {
                                let result = try await disturbed(server, count)
                                #expect(result.output == Self.said, "after \(count) bytes")
                                #expect([.status(7), .lost].contains(result.ending), "after \(count) bytes")
                            } catch let error as SSHError {
                                #expect([.lost, .notSSH, .busy].contains(error.kind), "after \(count) bytes: \(error)")
                            } catch {
                                Issue.record("\(error)")
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func `a session that goes silent at any point ends when its deadline has passed`() async throws {
        try await SSHServer.with(configuration: "MaxStartups 1000") { server in
            let whole = try await session(with: server)
            await withTaskGroup(of: Void.self) { group in
                for count in stride(from: 0, to: whole.statistics.bytesReceived - 100, by: 173) {
                    group.addTask {
                        let clock = ContinuousClock()
                        let start = clock.now
                        do {
                            let result = try await session(
                                with: server,
                                toClient: .stall(after: count),
                                patience: .seconds(2)
                            )
                            // Sessions differ by some bytes, so a late silence may find nothing more to say.
                            #expect(result.output == Self.said, "after \(count) bytes")
                            #expect([.status(7), .lost].contains(result.ending), "after \(count) bytes")
                        } catch let error as SSHError {
                            #expect(error.kind == .timedOut, "after \(count) bytes: \(error)")
                        } catch {
                            Issue.record("\(error)")
                        }
                        #expect(clock.now - start < .seconds(60), "after \(count) bytes")
                    }
                }
            }
        }
    }

    @Test func `after a deadline has passed the connection is of no more use`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("sleep 30")

                let first = await #expect(throws: SSHError.self) {
                    try await command.next(deadline: .milliseconds(300))
                }
                let second = await #expect(throws: SSHError.self) { try await connection.run("true") }

                #expect(first?.kind == .timedOut)
                #expect(second?.kind == .timedOut)
                #expect(await command.ending == .lost)
            }
        }
    }

    @Test func `cancelling a read ends the wait at once and leaves the connection usable`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("cat")
                let reading = Task { try await command.next(deadline: .seconds(60)) }
                reading.cancel()

                let error = await #expect(throws: SSHError.self) { try await reading.value }
                try await command.write(Array("still here".utf8))
                try await command.finishInput()
                let said = try await command.everything()

                #expect(error?.kind == .cancelled)
                #expect(string(said.output) == "still here")
            }
        }
    }

    @Test func `cancelling a connection attempt ends it at once`() async throws {
        let loop = SSHServer.group.next()
        let transport = MemoryStream(on: loop)
        let target = SSHTarget(
            name: "silent",
            address: "silent.example",
            user: "root",
            authentication: .init(),
            hostKeys: .init(userFiles: [])
        )
        let opening = Task { try await SSHConnection.open(target, over: transport, on: loop) }
        opening.cancel()

        let error = await #expect(throws: SSHError.self) { try await opening.value }

        #expect(error?.kind == .cancelled)
    }

    @Test func `a server that is killed while a command runs does not make it a success`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("echo begun; read line; kill -KILL $PPID; sleep 60")

                var output: [UInt8] = []
                let error = await #expect(throws: SSHError.self) {
                    while let piece = try await command.next(deadline: patience) {
                        if case .output(let bytes) = piece { output += bytes }
                        try await command.write(Array("die\n".utf8))
                    }
                }

                #expect(string(output) == "begun\n")
                #expect(error?.kind == .lost)
                #expect(await command.ending == .lost)
            }
        }
    }

    @Test func `output that nobody reads stays with the server`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("head -c 20000000 /dev/zero")
                let other = try await connection.output(of: "head -c 1000000 /dev/zero | wc -c")

                let received = await connection.statistics.bytesReceived
                let said = try await command.everything()

                #expect(other == "1000000\n")
                #expect(received < 1_000_000)
                #expect(said.output.count == 20_000_000)
            }
        }
    }
}
