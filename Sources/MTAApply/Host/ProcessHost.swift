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

    package func withShell<Result: Sendable>(
        _ command: String,
        _ body: (any Shell) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        do {
            let configuration = Configuration(
                executable: .name(words[0]),
                arguments: Arguments(words.dropFirst() + [command])
            )
            let ended = try await run(
                configuration,
                input: .inputWriter,
                output: .sequence,
                error: .sequence
            ) { execution in
                let inbox = Inbox(streams: 2)
                let shell = ProcessShell(input: execution.standardInputWriter, inbox: inbox)
                return await withThrowingTaskGroup(of: Void.self) { group in
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
                    let result = await outcome(of: body, given: shell)
                    try? await execution.standardInputWriter.finish()
                    return result
                }
            }
            return try ended.closureResult.get()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(words[0]) could not be run: \(error)", hint: "is it installed?", at: name)
        }
    }

    package func close() async {}

    private func outcome<Result>(
        of body: (any Shell) async throws(Failure) -> Result,
        given shell: ProcessShell
    ) async -> Swift.Result<Result, Failure> {
        do throws(Failure) { return .success(try await body(shell)) } catch { return .failure(error) }
    }
}

private struct ProcessShell: Shell {
    let input: StandardInputWriter
    let inbox: Inbox

    func write(_ bytes: [UInt8]) async throws(Failure) {
        do { _ = try await input.write(bytes) } catch { throw .gone }
    }

    func finishInput() async throws(Failure) {
        do { try await input.finish() } catch { throw .gone }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        try await inbox.take(within: patience)
    }
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
