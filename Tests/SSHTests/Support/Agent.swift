import Subprocess

/// A real ssh-agent, for the length of a test.
func withAgent<Result: Sendable>(in folder: String, _ body: (_ socket: String) async throws -> Result) async throws
    -> Result
{
    let socket = folder + "/agent"
    var options = PlatformOptions()
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    let outcome = try await run(
        .name("ssh-agent"),
        arguments: ["-D", "-a", socket],
        platformOptions: options,
        input: .none,
        output: .sequence,
        error: .discarded
    ) { agent in
        let (readiness, announcement) = AsyncStream<Void>.makeStream()
        let reading = Task {
            // Its first line tells the socket, which it listens on by then. Read to the end: see SSHServer.
            for try await _ in agent.standardOutput.strings() { announcement.yield() }
            announcement.finish()
        }
        for await _ in readiness { break }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(socket)) } catch { result = .failure(error) }
        try? agent.send(signal: .terminate)
        try await reading.value
        return try result.get()
    }
    return outcome.closureResult
}

func addKey(_ path: String, to socket: String) async throws {
    let result = try await run(
        .name("ssh-add"),
        arguments: ["-q", path],
        environment: .inherit.updating(["SSH_AUTH_SOCK": socket]),
        output: .discarded,
        error: .string(limit: 4096)
    )
    guard result.terminationStatus.isSuccess else { throw Missing(what: "ssh-add \(path): \(result.standardError)") }
}
