internal import MTAPlan

/// The agent's program on its way to a host's shell, which may still be busy with what came before it.
package struct SentAgent: Sendable {
    let shell: any Shell
    let nonce: String
    /// Whether the restore program went along, so that no call has to bring it.
    let opensRuns: Bool
    /// Output of the shell that may be the agent's already.
    var heard: [UInt8] = []
    /// The write; `nil` when all was taken.
    private let sending: Task<Failure?, Never>

    /// Begins to send it, and waits for nothing.
    ///
    /// - Parameters:
    ///   - shell: Reads programs on its standard input; nothing else may be written to it before `wholly` has returned.
    ///   - nonce: Marks the agent's answers.
    ///   - backups: The folder on the host.
    ///   - opensRuns: Whether runs are to be opened, for which the host needs the restore program.
    ///   - executor: Where the shell's connection is served.
    package init(
        to shell: any Shell,
        nonce: String = Token.random(bytes: 16),
        backups: String = AgentSession.backups,
        opensRuns: Bool,
        on executor: (any TaskExecutor)? = nil
    ) {
        self.shell = shell
        self.nonce = nonce
        self.opensRuns = opensRuns
        let program = Program.text(opensRuns ? Self.openingRuns : Self.agent, nonce: nonce, backups: backups)
        sending = Task(executorPreference: executor) {
            do throws(Failure) {
                try await shell.write(program)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Waits until all of it was taken.
    ///
    /// - Throws: When the connection was lost, or the shell does not read.
    func wholly() async throws(Failure) {
        if let failure = await sending.value { throw failure }
    }

    static let agent = ShellProgram.compact(AgentProgram.text)
    private static let openingRuns: [UInt8] = {
        var restore = RestoreProgram.text[...]
        while restore.last == UInt8(ascii: "\n") { restore.removeLast() }
        return Array("R=\(String(decoding: restore, as: UTF8.self).shellQuoted)\n".utf8) + agent
    }()
}

/// A root shell that nobody uses.
enum IdleShell: Sendable {
    /// It waits for its next program.
    case shell(any Shell)
    /// The agent was sent to it.
    case agent(SentAgent)

    var shell: any Shell {
        switch self {
        case .shell(let shell): shell
        case .agent(let sent): sent.shell
        }
    }
}
