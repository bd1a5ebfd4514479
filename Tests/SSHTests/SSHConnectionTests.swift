import Testing

@testable import SSH

@Suite struct SSHConnectionTests {
    @Test func `a command's output, errors and status come back`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("cat; echo oops >&2; exit 3")
                try await command.write(Array("hello".utf8))
                try await command.finishInput()

                let said = try await command.everything()
                let ending = await command.ending

                #expect(string(said.output) == "hello")
                #expect(string(said.errors) == "oops\n")
                #expect(ending == .status(3))
            }
        }
    }

    @Test func `a whole session takes few round trips`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("echo hello")
                _ = try await command.everything()
                _ = await command.ending

                let statistics = await connection.statistics

                // Without input, as an answer between two things that we say in a row would count, too.
                #expect(statistics.roundTrips <= 9)
                #expect(statistics.channelsOpened == 1)
            }
        }
    }

    @Test func `five megabytes go in and come out on both streams at the same time`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("tee /dev/stderr")
                let sent = (0..<5 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

                async let writing: Void = {
                    try await command.write(sent)
                    try await command.finishInput()
                }()
                let said = try await command.everything()
                try await writing

                #expect(said.output == sent)
                #expect(said.errors == sent)
            }
        }
    }

    @Test func `death by a signal is not success`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let command = try await connection.run("kill -KILL $$")
                _ = try await command.everything()

                #expect(await command.ending == .signal("KILL"))
            }
        }
    }

    @Test func `several commands run beside each other`() async throws {
        try await SSHServer.with { server in
            try await server.connected { connection in
                let said = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 1...5 {
                        group.addTask { string(try await connection.run("echo \(number)").everything().output) }
                    }
                    return try await group.reduce(into: []) { $0.insert($1) } as Set<String>
                }

                #expect(said == Set((1...5).map { "\($0)\n" }))
            }
        }
    }
}

@Suite struct LoadTests {
    @Test func `thirty connections`() async throws {
        try await SSHServer.with(configuration: "MaxStartups 100") { server in
            await withTaskGroup(of: String?.self) { group in
                for _ in 1...30 {
                    group.addTask {
                        do { try await server.connected { c in _ = try await c.output(of: "true") }; return nil } catch
                        { return "\(error)" }
                    }
                }
                for await r in group { #expect(r == nil) }
            }
        }
    }
}
