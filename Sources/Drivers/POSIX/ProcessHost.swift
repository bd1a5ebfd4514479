internal import Foundation
package import MTAPlan
internal import Subprocess

/// A host reached through a program of this machine: `ssh`, or `sh` itself in tests.
package struct ProcessHost: Host {
    package let name: String
    /// The program and its arguments; the command line is the last argument.
    private let words: [String]

    package init(name: String, words: [String]) {
        self.name = name
        self.words = words
    }

    package func start(_ command: String) async throws(Failure) -> any Shell {
        let (starts, start) = AsyncStream.makeStream(of: Result<ProcessShell, Failure>.self)
        let inbox = Inbox(streams: 2)
        let end = End()
        Task {
            do {
                _ = try await run(
                    .name(words[0]),
                    arguments: Arguments(words.dropFirst() + [command]),
                    input: .inputWriter,
                    output: .sequence,
                    error: .sequence
                ) { execution in
                    start.yield(.success(ProcessShell(input: execution.standardInputWriter, inbox: inbox, end: end)))
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for try await chunk in execution.standardOutput {
                                await inbox.put(.output([UInt8](Data(buffer: chunk))))
                            }
                            await inbox.end()
                        }
                        group.addTask {
                            for try await chunk in execution.standardError {
                                await inbox.put(.errors([UInt8](Data(buffer: chunk))))
                            }
                            await inbox.end()
                        }
                        await end.wished()
                        try? await execution.standardInputWriter.finish()
                        try await group.waitForAll()
                    }
                }
            } catch {
                let failure = Failure("\(words[0]) could not be run: \(error)", hint: "is it installed?", at: name)
                start.yield(.failure(failure))
            }
            await end.come()
        }
        for await result in starts { return try result.get() }
        throw .gone
    }

    package func close() async {}
}

private struct ProcessShell: Shell {
    let input: StandardInputWriter
    let inbox: Inbox
    let end: End

    func write(_ bytes: [UInt8]) async throws(Failure) {
        do { _ = try await input.write(bytes) } catch { throw .gone }
    }

    func finishInput() async throws(Failure) {
        do { try await input.finish() } catch { throw .gone }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        try await inbox.take(within: patience)
    }

    func close() async { await end.wish() }
}

/// The end of a process: wished for by one task, brought about by another.
private actor End {
    private let wishes = AsyncStream.makeStream(of: Void.self)
    private let ends = AsyncStream.makeStream(of: Void.self)

    func wish() async {
        wishes.continuation.finish()
        for await _ in ends.stream {}
    }

    func wished() async { for await _ in wishes.stream {} }

    func come() { ends.continuation.finish() }
}

/// What a program has printed and nobody has read yet.
private actor Inbox {
    private var outputs: [ShellOutput] = []
    private var openStreams: Int
    private var waiter: CheckedContinuation<Void, Never>?

    init(streams: Int) { openStreams = streams }

    func put(_ output: ShellOutput) {
        outputs.append(output)
        wake()
    }

    func end() {
        openStreams -= 1
        wake()
    }

    func take(within patience: Duration) async throws(Failure) -> ShellOutput? {
        let end = ContinuousClock.now + patience
        // One stream may end long before the other.
        while outputs.isEmpty, openStreams > 0, ContinuousClock.now < end {
            let alarm = Task {
                try await Task.sleep(until: end)
                wake()
            }
            await withCheckedContinuation { waiter = $0 }
            alarm.cancel()
        }
        if !outputs.isEmpty { return outputs.removeFirst() }
        if openStreams == 0 { return nil }
        throw Failure("nothing was heard for \(patience.components.seconds) s")
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }
}

extension Failure {
    fileprivate static var gone: Failure { Failure("the program ended before it had read its input") }
}
