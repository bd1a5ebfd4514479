/// A command that runs on a host.
///
/// One task may write while another reads. Output that is not read stays with the server once the channel's window (256 KiB) is full.
package final class RemoteCommand: Sendable {
    private let connection: SSHConnection
    private let id: ChannelID

    init(on connection: SSHConnection, _ id: ChannelID) {
        self.connection = connection
        self.id = id
    }

    /// A command that nobody looks after any more is closed.
    deinit { connection.abandon(id) }

    /// Writes to the command's standard input; returns when libssh2 took the last byte, which the command may read later.
    package func write(_ bytes: [UInt8]) async throws(SSHError) { try await connection.write(bytes, to: id) }

    /// Ends the command's standard input.
    package func finishInput() async throws(SSHError) { try await connection.finishInput(of: id) }

    /// The next piece of output, of either stream; `nil` when both have ended.
    ///
    /// When `limit` has passed without any, the connection is dropped. Cancelling the task, however, ends only
    /// this wait: nothing was read, and the connection stays as it is.
    package func next(deadline limit: Duration) async throws(SSHError) -> RemoteOutput? {
        try await connection.read(id, within: limit)
    }

    /// How the command ended.
    ///
    /// Ask after `next` returned `nil`: waits for the server's word, for `SSHDeadlines.close` at most.
    package var ending: RemoteEnding { get async { await connection.ending(of: id) } }

    /// Closes the channel without waiting.
    ///
    /// The server ends the command's input and output, but not the command.
    package func close() async { await connection.close(id) }
}

package enum RemoteOutput: Sendable, Equatable {
    case output([UInt8])
    case errors([UInt8])
}

package enum RemoteEnding: Sendable, Hashable {
    /// The exit status. Zero is also reported for a server that closed the channel without a word (libssh2#2515), so what must be known is
    /// told by a mark of its own in the output.
    case status(Int32)
    /// The name of the signal that ended the command, without `SIG`.
    case signal(String)
    /// The connection ended first. The command may have ended, or may still run.
    case lost
}
