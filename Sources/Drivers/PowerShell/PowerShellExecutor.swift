package import Logging
package import MTAPlan
internal import SSH

/// Runs calls on one Windows host.
package struct PowerShellExecutor: Sendable {
    private let host: any Host
    private let login: ShellLogin?
    private let logger: Logger

    /// `login`: For Exchange, where that of the host cannot be passed on.
    package init(host: any Host, login: ShellLogin? = nil, logger: Logger = .none) {
        self.host = host
        self.login = login
        self.logger = logger
    }

    /// Sends a document and takes in what resulted from its calls.
    ///
    /// `patience`: In seconds, beyond what starting a shell takes.
    ///
    /// - Throws: When the conversation is lost, or the host's answer is not one.
    package func run(
        _ calls: [ExecutorCall],
        shell: ExecutorDocument.Shell = .auto,
        secrets: Secrets = Secrets(),
        patience: Int = 0
    ) async throws(Failure) -> ExecutorAnswer {
        let document = ExecutorDocument(nonce: Token.random(bytes: 16), shell: shell, login: login, calls: calls)
        let input = try document.input(secrets: secrets)
        let start = ContinuousClock.now
        let channel = try await host.start(PowerShellProgram.commandLine)
        do throws(Failure) {
            try await channel.write(input)
            try await channel.finishInput()
            let output = try await Self.output(of: channel, until: start + .seconds(patience) + Self.patience)
            await channel.close()
            let answer = try Self.answer(output, document)
            logger.info(.agent, "\(calls.count) calls answered in \(Logger.time(since: start))")
            return answer
        } catch {
            await channel.close()
            throw error
        }
    }

    private static func answer(
        _ printed: (output: [UInt8], errors: [UInt8]),
        _ document: ExecutorDocument
    ) throws(Failure) -> ExecutorAnswer {
        do throws(Failure) {
            return try ExecutorAnswer(output: printed.output, nonce: document.nonce, calls: document.calls)
        } catch {
            guard error == .noFrame else { throw error }
            let words = CLIXML.text(printed.errors.isEmpty ? Array(printed.output.suffix(2000)) : printed.errors)
            if let failure = SecondHop.failure(for: words) { throw failure }
            guard let last = words.split(separator: "\n").last else { throw error }
            throw Failure("\(error.problem); its last output: \(last)")
        }
    }

    private static func output(
        of channel: any Shell,
        until end: ContinuousClock.Instant
    ) async throws(Failure) -> (output: [UInt8], errors: [UInt8]) {
        var (output, errors): ([UInt8], [UInt8]) = ([], [])
        while let next = try await channel.read(within: max(.seconds(1), end - .now)) {
            switch next {
            case .output(let bytes): output += bytes
            case .errors(let bytes): errors = (errors + bytes).suffix(64 << 10)
            }
            guard output.count <= limit else { throw .endless }
            guard .now < end else { throw .slow }
        }
        return (output, errors)
    }

    /// A thousand connectors are a megabyte.
    private static let limit = 32 << 20
    /// For Exchange's shell, which takes up to half a minute, and slow domain controllers.
    private static let patience = Duration.seconds(240)
}

extension Failure {
    fileprivate static let endless = Failure(
        "the host sent more than 32 MiB",
        hint: "does its login shell print endlessly?"
    )

    fileprivate static let slow = Failure(
        "PowerShell did not answer in time",
        hint: "how long does the Exchange Management Shell take to start on the host?"
    )
}
