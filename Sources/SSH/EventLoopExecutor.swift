internal import NIOCore
internal import NIOPosix

/// One of the event loops that the whole process shares, as many as there are cores, for tasks.
///
/// A connection that is opened by a task on it lives on the same loop: what the task and the connection tell each other
/// then changes no thread. Nothing that blocks belongs on it.
package final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// The next of them, in turn.
    package convenience init() { self.init(on: MultiThreadedEventLoopGroup.singleton.next()) }

    init(on loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
