package import MTAPlan

/// A machine on which programs can be run: over SSH, or this one in tests.
package protocol Host: Sendable {
    /// As the operator calls it. Every line and every result of a host carries this name.
    var name: String { get }
    /// Whether it is a Windows host, as its SSH server says of itself: no POSIX shell is there then.
    var isWindows: Bool { get }

    /// Starts a command line in the login shell and hands over both ends of it, which are to be closed.
    ///
    /// The command is fixed text: data and secrets go through the shell's input, never in here.
    ///
    /// - Throws: When the host cannot be reached or the connection is lost.
    func start(_ command: String) async throws(Failure) -> any Shell

    /// A connection that the host makes to a port of its own: what is written goes there, and what comes is output.
    ///
    /// - Throws: Also where the transport has no tunnels, or the host forbids them.
    func tunnel(toOwnPort port: Int) async throws(Failure) -> any Shell

    func close() async
}

extension Host {
    package var isWindows: Bool { false }

    package func tunnel(toOwnPort port: Int) async throws(Failure) -> any Shell {
        throw Failure(
            "port \(port) of the host is reached through a tunnel, which mtactl has over its own SSH alone",
            hint: "leave `transport` out for this host"
        )
    }
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
    /// Ends the program's input, and the wait for its output.
    ///
    /// Closing twice is closing once.
    func close() async
}

package enum ShellOutput: Sendable, Equatable {
    case output([UInt8])
    case errors([UInt8])
}
