internal import Dispatch
internal import Glibc
internal import Synchronization
package import SystemPackage

/// stdout or stderr: takes text, and never ends the program.
///
/// Writing is done in the background, in the order in which the text was given to either of the two, so a reader that
/// pauses (a pager) stops no host that is in flight. What cannot be written is dropped, and why is kept.
package final class Outlet: Sendable {
    package static let output = Outlet(.standardOutput)
    package static let errors = Outlet(.standardError)

    private static let queue = DispatchQueue(label: "mtactl.outlet")
    private let descriptor: FileDescriptor
    private let reason = Mutex<Errno?>(nil)

    package init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    /// Why nothing more can be written; `.brokenPipe` where whoever read has gone.
    ///
    /// What was given to `write` and waits still is not known of before `flush`.
    package var failure: Errno? { reason.withLock { $0 } }

    package func write(_ text: String) {
        let bytes = Array(text.utf8)
        Self.queue.async { [self] in
            guard failure == nil else { return }
            do throws(Errno) { try descriptor.writeWhole(bytes) } catch { reason.withLock { $0 = error } }
        }
    }

    /// Waits until all that was given to both is written, or cannot be.
    ///
    /// `limit`: For a reader that has stopped reading; without one it is waited for, as every program does.
    package static func flush(within limit: Duration? = nil) {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        guard let limit else { return done.wait() }
        _ = done.wait(timeout: .now() + .seconds(Int(limit.components.seconds)))
    }
}

extension FileDescriptor {
    /// Writes all of it: goes on after an interruption and where a part was taken, waits where there is no room yet.
    ///
    /// Source: write(2); EAGAIN comes where whoever gave us the descriptor had made it non-blocking.
    fileprivate func writeWhole(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch Errno(rawValue: errno) {
            case .interrupted: continue
            case .resourceTemporarilyUnavailable, .wouldBlock:
                var waiting = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            case let other: throw other
            }
        }
    }
}
