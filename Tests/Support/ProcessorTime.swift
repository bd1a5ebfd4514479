import Foundation

/// How long this thread has had a processor: what other work on the machine takes does not count.
///
/// Only for a body that does not suspend. Source: clock_gettime(3), CLOCK_THREAD_CPUTIME_ID.
package func processorTime(of body: () throws -> Void) rethrows -> Duration {
    func now() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    try body()
    return now() - start
}
