internal import Glibc

/// What a program has to see to before it does anything else.
package enum StandardStreams {
    /// Makes sure that a closed stream stays closed, that a reader's going away is an error and no death, and that a crash shows no
    /// memory.
    ///
    /// To be called first: a file that is opened before could get the number of a stream that is closed.
    package static func prepare() {
        fillGaps()
        signal(SIGPIPE, SIG_IGN)
        hideMemory()
    }

    /// Where 0, 1 or 2 was closed, the next file or connection would get that number, and be written to as the stream.
    ///
    /// Opened for reading alone, writing to it fails as it does to what is closed.
    private static func fillGaps() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free is this one. If even /dev/null cannot be opened, only this guard is lost.
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }

    /// Swift's runtime answers a crash with registers and the memory that they lead to, passwords in it.
    ///
    /// Without its handlers the crash is the kernel's, with the same signal and the runtime's own sentence. Who sets
    /// `SWIFT_BACKTRACE` wants the report and gets it.
    private static func hideMemory() {
        guard unsafe getenv("SWIFT_BACKTRACE") == nil else { return }
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }
}
