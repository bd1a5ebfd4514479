internal import NIOPosix

extension SSHConnection {
    /// Connects on one of the event loops that the whole process shares, as many as there are cores.
    package static func open(_ target: SSHTarget) async throws(SSHError) -> SSHConnection {
        try await open(target, on: MultiThreadedEventLoopGroup.singleton)
    }
}
