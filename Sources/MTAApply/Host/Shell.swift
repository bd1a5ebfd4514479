package import MTAPlan

/// A machine on which programs can be run, one at a time: over SSH, or this one in tests.
package protocol Host: Sendable {
    /// As the operator calls it. Every line and every result of a host carries this name.
    var name: String { get }

    /// Runs a command line in the login shell and hands over both ends of it.
    ///
    /// The command is fixed text: data and secrets go through the shell's input, never in here.
    ///
    /// - Throws: When the host cannot be reached or the connection is lost, or what `body` throws.
    func withShell<Result: Sendable>(
        _ command: String,
        _ body: (any Shell) async throws(Failure) -> Result
    ) async throws(Failure) -> Result

    func close() async
}

/// The two ends of a running program.
package protocol Shell: Sendable {
    func write(_ bytes: [UInt8]) async throws(Failure)
    /// The program reads the end of its input.
    func finishInput() async throws(Failure)
    /// The next output, or `nil` at the end of both streams.
    ///
    /// - Throws: When nothing comes for so long, or the connection is lost.
    func read(within patience: Duration) async throws(Failure) -> ShellOutput?
}

package enum ShellOutput: Sendable, Equatable {
    case output([UInt8])
    case errors([UInt8])
}
