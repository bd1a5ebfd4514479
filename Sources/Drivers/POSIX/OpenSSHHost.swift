package import MTAPlan
internal import SSH

/// A host over the system's ssh: one ssh, and so one connection, for each program.
package struct OpenSSHHost: Host {
    package let name: String
    private let target: SSHTarget
    private let command: OpenSSHCommand
    private let passwords: OpenSSHPasswords

    /// `command`: How ssh gets to the target.
    init(_ target: SSHTarget, command: OpenSSHCommand) {
        name = target.name
        self.target = target
        self.command = command
        passwords = OpenSSHPasswords(target.jumps + [target])
    }

    /// Passwords are looked up one after the other, each when its host has let nothing else in.
    ///
    /// - Throws: What kept ssh from getting there, in the words that our own SSH has for it.
    package func start(_ command: String) async throws(Failure) -> any Shell {
        while true {
            let answered = await passwords.known
            let ending = try await passwords.withAskpass { (askpass) async throws(Failure) in
                let words = self.command.words(answered: answered)
                let ssh = ProcessHost(name: name, words: words, variables: askpass?.variables ?? [:])
                return try await start(command, with: ssh, answered)
            }
            switch ending {
            case .arrived(let shell): return shell
            case .notLetIn(let hop, let failure):
                guard try await passwords.lookUp(hop) else { throw failure }
            }
        }
    }

    private enum Ending {
        case arrived(any Shell)
        /// A host of the way that would take a password which has not been tried.
        case notLetIn(hop: Int, Failure)
    }

    private func start(
        _ command: String,
        with program: ProcessHost,
        _ answered: Set<Int>
    ) async throws(Failure) -> Ending {
        let mark = Token.random(bytes: 16)
        // csh can read this as well.
        let shell = try await program.start("echo; echo \(mark); \(command)")
        var arrival = Arrival(target: target, mark: mark, answered: answered)
        do throws(Failure) {
            while arrival.isOnTheWay {
                guard let output = try await next(from: shell, arrival) else {
                    arrival.end()
                    break
                }
                arrival.take(output)
                if arrival.isTooMuch { throw arrival.failure(isOverdue: false) }
            }
            if arrival.isIn, arrival.transcript.identification?.contains(SSHHost.windows) == true { throw .needsOwnSSH }
            if arrival.isIn { return .arrived(OpenSSHShell(shell: shell, arrival: arrival)) }
            let failure = arrival.failure(isOverdue: false)
            let hop = arrival.transcript.hop
            guard arrival.transcript.wouldTakePassword, !answered.contains(hop) else { throw failure }
            await shell.close()
            return .notLetIn(hop: hop, failure)
        } catch {
            await shell.close()
            throw error
        }
    }

    private func next(from shell: any Shell, _ arrival: Arrival) async throws(Failure) -> ShellOutput? {
        let left = arrival.overdue - .now
        guard left > .zero else { throw arrival.failure(isOverdue: true) }
        do throws(Failure) {
            return try await shell.read(within: left)
        } catch {
            // All that reading can say is that nothing came.
            throw arrival.failure(isOverdue: true)
        }
    }

    package func close() async {}
}

extension Failure {
    /// Its programs are started and fed in another way, which only our own SSH can do.
    fileprivate static let needsOwnSSH = Failure(
        "the host runs Windows, which `transport: openssh` does not support",
        hint: "write `transport: libssh2` for this host, or leave `transport` out"
    )
}

/// A connection that is being made, as far as ssh tells.
private struct Arrival {
    let target: SSHTarget
    let mark: String
    /// The hosts of the way whose password was at hand.
    let answered: Set<Int>
    private(set) var transcript: OpenSSHTranscript
    /// When the step of the moment has taken too long.
    private(set) var overdue: ContinuousClock.Instant
    /// What came behind the mark, or instead of it, for who reads the host's answers.
    private(set) var early: [ShellOutput] = []
    /// The last of what came before the mark.
    private var output: [UInt8] = []
    /// The line of the moment, as far as it can be the mark.
    private var line: [UInt8] = []
    private var said = 0
    private var isMarked = false
    private(set) var hasEnded = false

    /// More than any login shell prints before it runs what it was told to.
    private static let limit = 256 << 10

    init(target: SSHTarget, mark: String, answered: Set<Int>) {
        self.target = target
        self.mark = mark
        self.answered = answered
        transcript = OpenSSHTranscript(hops: target.jumps.count + 1)
        overdue = .now + target.deadlines.connect + target.deadlines.handshake
    }

    var isOnTheWay: Bool { !isMarked && !hasEnded }
    var isTooMuch: Bool { said > Self.limit }

    /// Whether the host is to be asked, or asked why it has ended: it accepted the login.
    var isIn: Bool { isMarked || transcript.stage == .loggedIn }

    mutating func take(_ piece: ShellOutput) {
        let before = (transcript.hop, transcript.stage)
        switch piece {
        case .errors(let bytes):
            said += bytes.count
            let foreign = transcript.append(bytes)
            if transcript.stage == .loggedIn, !foreign.isEmpty { early.append(.errors(foreign)) }
        case .output(let bytes):
            said += bytes.count
            if let rest = behindMark(in: bytes), !rest.isEmpty { early.append(.output(Array(rest))) }
            output = (output + bytes).suffix(2000)
        }
        if before != (transcript.hop, transcript.stage) { overdue = .now + allowance }
    }

    /// What comes behind the mark's line, once that is here.
    private mutating func behindMark(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<newline].prefix(mark.utf8.count + 1)
            rest = rest[(newline + 1)...]
            isMarked = line.elementsEqual(mark.utf8)
            line = []
            if isMarked { return rest }
        }
        line = (line + rest.prefix(mark.utf8.count + 1)).prefix(mark.utf8.count + 1).map(\.self)
        return nil
    }

    /// Nothing more comes: what there was before the mark is all that the host has said.
    mutating func end() {
        hasEnded = true
        let rest = transcript.end()
        if transcript.stage == .loggedIn, !rest.isEmpty { early.append(.errors(rest)) }
        if !isMarked, !output.isEmpty { early.insert(.output(output), at: 0) }
    }

    /// Each further answer of a login has this long again, as under our own SSH.
    private var allowance: Duration {
        switch transcript.stage {
        case .connecting: target.deadlines.connect + target.deadlines.handshake
        case .agreeingOnKeys: target.deadlines.handshake
        case .loggingIn: target.deadlines.login
        case .loggedIn: target.deadlines.open
        }
    }

    func failure(isOverdue: Bool) -> Failure {
        SSHError(transcript, reaching: target, passwordsOf: answered, isOverdue: isOverdue).failure
    }
}

/// A program on a host, without ssh's own messages.
private actor OpenSSHShell: Shell {
    private let shell: any Shell
    private var transcript: OpenSSHTranscript
    private var early: [ShellOutput]
    /// Whether the program has ended before it could be handed over: all that it said is in `early`.
    private let hasEnded: Bool

    init(shell: any Shell, arrival: Arrival) {
        self.shell = shell
        transcript = arrival.transcript
        early = arrival.early
        hasEnded = arrival.hasEnded
    }

    /// Nobody reads what is written behind the end, as with a channel of our own SSH: what was said before tells why.
    nonisolated func write(_ bytes: [UInt8]) async throws(Failure) {
        if !hasEnded { try await shell.write(bytes) }
    }

    nonisolated func finishInput() async throws(Failure) {
        if !hasEnded { try await shell.finishInput() }
    }

    nonisolated func close() async { await shell.close() }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        if !early.isEmpty { return early.removeFirst() }
        switch try await shell.read(within: patience) {
        // Also where nothing of it is the host's, so that who waits can look at the clock.
        case .errors(let bytes): return .errors(transcript.append(bytes))
        case let other: return other
        }
    }
}
