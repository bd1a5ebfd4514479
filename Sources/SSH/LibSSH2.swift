internal import CLibSSH2
internal import Glibc

/// The library as a whole: initialised once, and which version this process really runs with.
enum LibSSH2 {
    /// libssh2's own initialisation, whose race with itself it leaves to us (libssh2_init(3): not thread-safe), and no death by
    /// SIGPIPE when a jump host's or an agent's socket closes.
    private static let initialisation: Int32 = {
        SystemSignals.ignoreBrokenPipes()
        keepOpenSSL()
        return libssh2_init(0)
    }()

    /// Has OpenSSL not clean up behind itself at the end of the process, when loops may still be in the middle of a packet: a process that is left
    /// by `exit` would crash now and then.
    ///
    /// Asked by name, as it is libssh2's library and not ours. Source: OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT.
    private static func keepOpenSSL() {
        guard let function = unsafe dlsym(nil, "OPENSSL_init_crypto") else { return }
        typealias Initialise = @convention(c) (UInt64, OpaquePointer?) -> Int32
        _ = unsafe unsafeBitCast(function, to: Initialise.self)(0x0008_0000, nil)
    }

    static var isReady: Bool { initialisation == 0 }

    /// A descriptor that stands for the socket that a session has not.
    ///
    /// libssh2 wants one, makes it non-blocking, and does nothing else with it when it has callbacks (libssh2 1.10.0, `session_startup`).
    static let placeholder: Int32 = unsafe open("/dev/null", O_RDWR | O_CLOEXEC | O_NONBLOCK)

    /// The version of the shared library, which may be newer than the headers.
    static let version: Version = {
        guard isReady, let text = unsafe libssh2_version(0) else { return Version(text: "unknown") }
        return Version(text: unsafe String(cString: text))
    }()

    struct Version: Sendable, Comparable, CustomStringConvertible {
        let description: String
        private let numbers: [Int]

        init(text: String) {
            description = text
            let digits = text.prefix { $0.isNumber || $0 == "." }
            numbers = digits.split(separator: ".").compactMap { Int($0) }
        }

        static func < (one: Version, other: Version) -> Bool { one.numbers.lexicographicallyPrecedes(other.numbers) }
        static func == (one: Version, other: Version) -> Bool { one.numbers == other.numbers }
    }

    /// Since this version RSA keys sign with SHA-2, encrypt-then-MAC and AES-GCM are there (libssh2 RELEASE-NOTES 1.11.0).
    static var isModern: Bool { version >= Version(text: "1.11.0") }
}
