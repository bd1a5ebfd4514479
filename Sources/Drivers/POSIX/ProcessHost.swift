internal import Foundation
package import MTAPlan
internal import SSH
internal import Subprocess

/// A host reached through a program of this machine: `ssh`, or `sh` itself in tests.
package struct ProcessHost: Host {
    package let name: String
    /// The program and its arguments; the command line is the last argument.
    private let words: [String]
    /// What it finds in its environment besides ours.
    private let variables: [String: String]

    package init(name: String, words: [String], variables: [String: String] = [:]) {
        self.name = name
        self.words = words
        self.variables = variables
    }

    package func start(_ command: String) async throws(Failure) -> any Shell {
        let (starts, start) = AsyncStream.makeStream(of: Result<ProcessShell, Failure>.self)
        let inbox = Inbox()
        let (closing, ended) = (Event(), Event())
        SystemSignals.ignoreBrokenPipes()
        Task {
            do {
                _ = try await run(
                    .name(words[0]),
                    arguments: Arguments(words.dropFirst() + [command]),
                    environment: environment,
                    platformOptions: .session,
                    input: .inputWriter,
                    output: .sequence,
                    error: .sequence
                ) { execution in
                    let input = execution.standardInputWriter
                    let shell = ProcessShell(input: input, inbox: inbox, closing: closing, ended: ended)
                    start.yield(.success(shell))
                    await Self.read(execution, into: inbox, until: closing)
                }
            } catch {
                let failure = Failure("\(words[0]) could not be run: \(error)", hint: "is it installed?", at: name)
                start.yield(.failure(failure))
            }
            await inbox.close()
            await ended.happen()
        }
        for await result in starts { return try result.get() }
        throw .gone
    }

    package func close() async {}

    private var environment: Environment {
        .inherit.updating(
            Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })
        )
    }

    /// Takes in what a program prints, until it is to be closed; then asks it to end, and makes it end.
    ///
    /// All that it has started ends with it, unless it has left the session.
    private static func read(
        _ execution: Execution<CustomWriteInput, SequenceOutput, SequenceOutput>,
        into inbox: Inbox,
        until closing: Event
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { streams in
                    streams.addTask { await inbox.take(execution.standardOutput) { .output($0) } }
                    streams.addTask { await inbox.take(execution.standardError) { .errors($0) } }
                }
                await inbox.end()
            }
            await closing.wait()
            await inbox.close()
            // Whether it reads the end of its input or is gone already: it has ended by itself then.
            try? await execution.standardInputWriter.finish()
            // Woken early, it is only closed earlier.
            group.addTask { try? await Task.sleep(for: .seconds(2)) }
            await group.next()
            await execution.teardown(
                using: [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
            )
            // It may have ended and left others behind that do not want to; there may be none, which is as good.
            try? execution.send(signal: .kill, toProcessGroup: true)
            group.cancelAll()
        }
    }
}

extension PlatformOptions {
    /// Without our terminal: it asks nobody anything, and Ctrl-C is for us to pass on.
    fileprivate static var session: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        return options
    }
}

private struct ProcessShell: Shell {
    let input: StandardInputWriter
    let inbox: Inbox
    let closing: Event
    let ended: Event

    /// How long the program may take nothing of its input.
    private static let patience = Duration.seconds(60)

    func write(_ bytes: [UInt8]) async throws(Failure) {
        let alarm = Task {
            try await Task.sleep(for: Self.patience)
            await closing.happen()
        }
        defer { alarm.cancel() }
        do {
            guard try await input.write(bytes) == bytes.count else { throw Failure.gone }
        } catch {
            throw .gone
        }
    }

    func finishInput() async throws(Failure) {
        do { try await input.finish() } catch { throw .gone }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        try await inbox.next(within: patience)
    }

    func close() async {
        await closing.happen()
        await ended.wait()
    }
}

/// Something that happens once, and that any number of tasks may wait for.
private actor Event {
    private var hasHappened = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func happen() {
        hasHappened = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func wait() async {
        if hasHappened { return }
        await withCheckedContinuation { waiters.append($0) }
    }
}

extension Inbox {
    /// Takes in a stream as fast as it is read from here.
    fileprivate func take(
        _ stream: SubprocessOutputSequence,
        as output: @Sendable ([UInt8]) -> ShellOutput
    ) async {
        do {
            for try await chunk in stream {
                if Task.isCancelled { return }
                await put(output([UInt8](Data(buffer: chunk))))
            }
        } catch {
            // A stream that cannot be read has ended.
            return
        }
    }
}

extension Failure {
    fileprivate static var gone: Failure { Failure("the program ended before it had read its input") }
}
