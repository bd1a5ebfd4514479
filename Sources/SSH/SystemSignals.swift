internal import Glibc

package enum SystemSignals {
    /// Writing to who has gone is an error from now on, and not the death of this process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
