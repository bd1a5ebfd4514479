internal import NIOPosix

extension SSHConnection {
    /// Connects on the event loop that the task runs on (`EventLoopExecutor`), or else on the next one.
    package static func open(_ target: SSHTarget, jumps: JumpHosts) async throws(SSHError) -> SSHConnection {
        try await open(
            target,
            on: MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton,
            jumps: jumps
        )
    }
}
