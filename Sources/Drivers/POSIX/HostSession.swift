package import Logging
package import MTAPlan
internal import SSH
internal import Synchronization

/// The one connection to a host, from the first question to the last confirmation.
///
/// It is made when it is first needed and kept, so a plan and the apply after it cost one login.
package actor HostSession: Site {
    package nonisolated let name: String
    /// Where tasks that use the session had best run.
    package nonisolated let executor: (any TaskExecutor)?
    private let questions: FactsScript
    private let windows: WindowsQuestions
    let access: AdministrationAccess?
    private let neighbours: Neighbours?
    let secret: @Sendable (SecretReference) async throws(Failure) -> Secret
    private let connect: @Sendable () async throws(Failure) -> (any Host, Privilege)
    private let logger: Logger
    private var connection: Connection?
    /// Of the host that was connected to last.
    private nonisolated let isWindows = Mutex(false)
    /// Whether it is changed through its administration interface; `nil` while nobody has looked.
    nonisolated let isAdministered = Mutex<Bool?>(nil)
    nonisolated let memory = RunMemory()

    struct Connection: Sendable {
        var host: any Host
        var privilege: Privilege
        var idle: IdleShell?
    }

    /// `questions`, `windows`: What is asked of it for planning, whichever it turns out to be.
    ///
    /// `neighbours`: The ways to other servers of the same organisation.
    ///
    /// `access`: The administration interface that a product may have on it.
    ///
    /// `secret`: Looks up passwords for Exchange's shell and administration interfaces.
    package init(
        name: String,
        executor: (any TaskExecutor)? = nil,
        logger: Logger = .none,
        questions: FactsScript,
        windows: WindowsQuestions = WindowsQuestions(),
        neighbours: Neighbours? = nil,
        access: AdministrationAccess? = nil,
        secret: @escaping @Sendable (SecretReference) async throws(Failure) -> Secret = { reference throws(Failure) in
            try Secrets().value(of: reference)
        },
        connect: @escaping @Sendable () async throws(Failure) -> (any Host, Privilege)
    ) {
        self.name = name
        self.executor = executor
        self.logger = logger
        self.questions = questions
        self.windows = windows
        self.neighbours = neighbours
        self.access = access
        self.secret = secret
        self.connect = connect
    }

    package nonisolated func facts(for purpose: FactsPurpose, files: [String]) async throws(Failure) -> Facts {
        try await administered(try await ownFacts(for: purpose, files: files), for: purpose)
    }

    private nonisolated func ownFacts(for purpose: FactsPurpose, files: [String]) async throws(Failure) -> Facts {
        if let executor = try await windowsExecutor() {
            let facts = try windows.facts(in: try await executor.run(windows.calls(for: purpose)), for: purpose)
            let computer = facts.objects[WindowsQuestions.hostKey]?.objects.first?.text("Computer")
            if let computer { await neighbours?.learn(computer, is: self) }
            return facts
        }
        return try await facts(questions.text(for: purpose, files: files), sendingAgent: purpose == .action)
    }

    /// What runs calls on the host; `nil` where it is no Windows host.
    nonisolated func windowsExecutor() async throws(Failure) -> PowerShellExecutor? {
        let host = try await connected().host
        guard host.isWindows else { return nil }
        let login = try await shellLogin()
        return PowerShellExecutor(host: host, login: login, logger: logger)
    }

    private nonisolated func shellLogin() async throws(Failure) -> ShellLogin? {
        guard let login = windows.login else { return nil }
        return ShellLogin(username: login.username, password: try await secret(login.password))
    }

    /// Runs the facts script: one program, one answer.
    ///
    /// Its shell is kept, for the agent that may come after it; or the agent is sent there while the host still answers.
    ///
    /// - Throws: When the host cannot be reached, refuses the login, or does not answer completely.
    nonisolated func facts(_ script: [UInt8], sendingAgent: Bool = false) async throws(Failure) -> Facts {
        let nonce = Token.random(bytes: 16)
        let shell = try await idleShell()
        let start = ContinuousClock.now
        do throws(Failure) {
            try await shell.write(Program.text(script, nonce: nonce, backups: AgentSession.backups))
            var sent = sendingAgent ? SentAgent(to: shell, opensRuns: true, on: executor) : nil
            let (facts, last) = try await Self.facts(from: shell, nonce: nonce)
            // It may have printed more by then than the answer.
            sent?.heard = last
            await keep(sent.map { .agent($0) } ?? .shell(shell))
            logger.info(.facts, "answered in \(Logger.time(since: start))")
            return facts
        } catch {
            await shell.close()
            throw error
        }
    }

    /// The facts, and the piece of output that they ended in.
    private static func facts(
        from shell: any Shell,
        nonce: String
    ) async throws(Failure) -> (facts: Facts, last: [UInt8]) {
        var parser = FactsParser(nonce: nonce)
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var (said, complained) = (0, 0)
        let end = ContinuousClock.now + factsPatience
        while let next = try await shell.read(within: .seconds(60)) {
            switch next {
            case .output(let bytes):
                output = (output + bytes.suffix(2000)).suffix(2000)
                said += bytes.count
                do throws(Failure) {
                    if let facts = try parser.append(bytes) { return (facts, bytes) }
                } catch {
                    throw error.quoting(errors.isEmpty ? output : errors)
                }
            case .errors(let bytes):
                errors = (errors + bytes.suffix(2000)).suffix(2000)
                complained += bytes.count
            }
            guard said <= factsLimit else { throw .tooMuch(factsLimit) }
            let most = FrameParser.mostNoise
            guard complained <= most else { throw Failure.tooMuch(most).quoting(errors) }
            guard .now < end else { throw .tooSlow }
        }
        throw FactsParser.notWhole.quoting(errors.isEmpty ? output : errors)
    }

    /// Starts the agent, unless it was sent already, and returns it; it ends with `body`.
    ///
    /// `opensRuns`: Whether runs are to be opened.
    package nonisolated func withAgent<Result: Sendable>(
        opensRuns: Bool = false,
        progress: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (AgentSession) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let sent = try await sentAgent(opensRuns: opensRuns)
        let shell = sent.shell
        let start = ContinuousClock.now
        do throws(Failure) {
            // What goes wrong before that is no fault of the run's.
            try await sent.wholly()
            let agent = AgentSession(sent, progress: progress)
            let result = try await body(agent)
            logger.info(.agent, "done after \(Logger.time(since: start))")
            try await shell.finishInput()
            await shell.close()
            return result
        } catch {
            await shell.close()
            throw error
        }
    }

    package nonisolated func withDriver<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        if let access = try await administration() {
            return try await withAdministration(access, progress: progress, body)
        }
        if let executor = try await windowsExecutor() {
            return try await withPowerShell(executor, progress: progress, body)
        }
        return try await withAgent(opensRuns: true, progress: progress) {
            agent throws(Failure) in try await body(POSIXDriver(agent))
        }
    }

    private nonisolated func withPowerShell<Result: Sendable>(
        _ executor: PowerShellExecutor,
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let neighbours = neighbours
        let driver = PowerShellDriver(
            executor,
            other: { server throws(Failure) in try await neighbours?.session(of: server)?.windowsExecutor() },
            progress: progress
        )
        do throws(Failure) {
            let result = try await body(driver)
            await driver.end()
            return result
        } catch {
            await driver.end()
            throw error
        }
    }

    package nonisolated func backup(of run: String) -> BackupPlace? {
        if isAdministered.withLock({ $0 == true }) { return nil }
        if isWindows.withLock(\.self) {
            let folder = "%ProgramData%\\mtactl\\runs\\\(run)"
            return BackupPlace(path: folder, restore: "powershell -ExecutionPolicy Bypass -File \(folder)\\restore.ps1")
        }
        let folder = "\(AgentSession.backups)/\(run)"
        return BackupPlace(path: folder, restore: "sh \(folder)/restore")
    }

    package func close() async {
        let closing = connection
        connection = nil
        await closing?.idle?.shell.close()
        await closing?.host.close()
    }

    /// The agent that was sent already, or one that is sent now.
    private func sentAgent(opensRuns: Bool) async throws(Failure) -> SentAgent {
        if case .agent(let sent) = connection?.idle {
            logger.debug(.agent, "sent with the questions")
            connection?.idle = nil
            return sent
        }
        return SentAgent(to: try await idleShell(), opensRuns: opensRuns, on: executor)
    }

    /// The shell that waits for a program, or a new one, over the connection that is there, or a new one.
    private func idleShell() async throws(Failure) -> any Shell {
        if let idle = connection?.idle {
            connection?.idle = nil
            if case .shell(let shell) = idle {
                logger.debug(.agent, "in the shell that answered last")
                return shell
            }
            await idle.shell.close()
        }
        let connection = try await connected()
        return try await connection.host.startRootShell(connection.privilege)
    }

    /// The connection that is there, or a new one.
    func connected() async throws(Failure) -> Connection {
        if let connection { return connection }
        let start = ContinuousClock.now
        let (host, privilege) = try await connect()
        logger.debug(.connect, "connected after \(Logger.time(since: start))")
        let made = Connection(host: host, privilege: privilege)
        isWindows.withLock { $0 = host.isWindows }
        connection = made
        return made
    }

    private func keep(_ idle: IdleShell) async {
        if connection == nil || connection?.idle != nil { return await idle.shell.close() }
        connection?.idle = idle
    }

    /// Enough for every configuration ever seen, and a limit for a host that never stops printing.
    private static let factsLimit = 64 << 20
    /// For a host that says a little again and again: one question takes 20 s at the most.
    private static let factsPatience = Duration.seconds(600)
}

extension Failure {
    fileprivate static let tooSlow = Failure(
        "the host was still answering after ten minutes",
        hint: "does its login shell print endlessly?"
    )

    fileprivate static func tooMuch(_ limit: Int) -> Failure {
        Failure(
            "the host sent more than \(limit >> 20) MiB",
            hint: "does the login shell print endlessly, or is a configuration file extremely large?"
        )
    }

    /// The failure with the host's last output.
    fileprivate func quoting(_ words: [UInt8]) -> Failure {
        guard let last = Printable.text(words.suffix(2000)).split(separator: "\n").last else { return self }
        return Failure("\(problem); its last output: \(last)", hint: hint, at: place)
    }
}
