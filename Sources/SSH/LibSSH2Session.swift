internal import CLibSSH2
internal import Glibc

/// One libssh2 session: its calls, and nothing that waits.
///
/// libssh2 lets one thread at a time use a session and everything opened on it, so a session is not
/// `Sendable` and never leaves the actor that owns it. A call that cannot finish now returns `LIBSSH2_ERROR_EAGAIN`.
@safe final class LibSSH2Session {
    let handle: OpaquePointer
    /// libssh2 holds a plain pointer to it.
    private let wire: Wire
    private var isFreed = false

    init(over wire: Wire) throws(SSHError) {
        let pointer = unsafe Unmanaged.passUnretained(wire).toOpaque()
        guard LibSSH2.isReady,
            let handle = unsafe libssh2_session_init_ex(allocate, release, reallocate, pointer)
        else { throw .noSession() }
        unsafe self.handle = handle
        self.wire = wire
        unsafe libssh2_session_set_blocking(handle, 0)
        unsafe mtactl_session_callbacks(handle, sendToWire, receiveFromWire, noteFarewell)
    }

    /// Gives libssh2's state back, after which nothing of the session may be called.
    ///
    /// Asked for and never left to `deinit`: that may run when the process ends, after OpenSSL has cleaned up behind itself, and
    /// then crashes. A session that nobody frees is left to the end of the process.
    ///
    /// Ends the stream first: freeing a session says good-bye on each channel and waits for the answer, forever if the
    /// server is frozen (libssh2 1.10.0, `_libssh2_channel_free`).
    func free() {
        guard !isFreed else { return }
        isFreed = true
        wire.close()
        unsafe _ = libssh2_session_free(handle)
    }

    /// libssh2's words for the last error.
    ///
    /// The only place that reads `libssh2_session_last_error`. Copied at once: the buffer belongs to the session.
    var lastError: (code: Int32, detail: String) {
        var text: UnsafeMutablePointer<CChar>?
        let code = unsafe libssh2_session_last_error(handle, &text, nil, 0)
        guard let text = unsafe text else { return (code, "") }
        return (code, unsafe String(cString: text))
    }

    func prefer(_ names: [String], for method: Int32) -> Int32 {
        unsafe libssh2_session_method_pref(handle, method, names.joined(separator: ","))
    }

    func handshake() -> Int32 { unsafe libssh2_session_handshake(handle, LibSSH2.placeholder) }

    /// What the two sides agreed on; empty before.
    func agreed(on method: Int32) -> String {
        guard let name = unsafe libssh2_session_methods(handle, method) else { return "" }
        return unsafe String(cString: name)
    }

    /// The server's identification line: `SSH-2.0-OpenSSH_9.2p1 Debian-2`.
    var serverIdentification: String {
        guard let text = unsafe libssh2_session_banner_get(handle) else { return "" }
        return unsafe String(cString: text)
    }

    /// The host key that signed the key exchange, as it travels: type and numbers.
    var hostKey: [UInt8]? {
        var count = 0
        var type: Int32 = 0
        guard let key = unsafe libssh2_session_hostkey(handle, &count, &type), count > 0 else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: key, count: count))
    }

    /// What this library can do, for each of some `LIBSSH2_METHOD_*`.
    static func supported(_ methods: [Int32]) -> [Int32: [String]] {
        guard LibSSH2.isReady, let handle = unsafe libssh2_session_init_ex(nil, nil, nil, nil) else { return [:] }
        defer { unsafe libssh2_session_free(handle) }
        var supported: [Int32: [String]] = [:]
        for method in methods {
            var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
            let count = unsafe libssh2_session_supported_algs(handle, method, &names)
            guard count > 0, let names = unsafe names else { continue }
            supported[method] = (0..<Int(count)).compactMap { index in
                unsafe names[index].map { unsafe String(cString: $0) }
            }
            unsafe libssh2_free(handle, names)
        }
        return supported
    }

    /// Tells the server that we leave; the answer is not waited for.
    func sayGoodbye() {
        unsafe libssh2_session_disconnect_ex(handle, SSH_DISCONNECT_BY_APPLICATION, "done", "")
    }
}

// MARK: - The callbacks

private func wire(_ abstract: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Wire? {
    guard let pointer = unsafe abstract?.pointee else { return nil }
    return unsafe Unmanaged<Wire>.fromOpaque(pointer).takeUnretainedValue()
}

// libssh2's memory is counted: it keeps what a server sends and nobody asks for.

private let allocate: mtactl_allocate = { count, abstract in
    let memory = unsafe malloc(count)
    unsafe wire(abstract)?.hold(malloc_usable_size(memory))
    return unsafe memory
}

private let release: mtactl_release = { memory, abstract in
    unsafe wire(abstract)?.hold(-malloc_usable_size(memory))
    unsafe free(memory)
}

private let reallocate: mtactl_reallocate = { memory, count, abstract in
    let before = unsafe malloc_usable_size(memory)
    let after = unsafe realloc(memory, count)
    if let after = unsafe after { unsafe wire(abstract)?.hold(malloc_usable_size(after) - before) }
    return unsafe after
}

private let sendToWire: mtactl_send = { _, bytes, count, _, abstract in
    guard let wire = unsafe wire(abstract) else { return -Int(EPIPE) }
    return unsafe wire.put(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -Int(EPIPE)
}

private let receiveFromWire: mtactl_receive = { _, buffer, size, _, abstract in
    guard let wire = unsafe wire(abstract) else { return -Int(ECONNRESET) }
    return unsafe wire.take(into: UnsafeMutableRawBufferPointer(start: buffer, count: size)) ?? -Int(EAGAIN)
}

private let noteFarewell: mtactl_farewell = { _, _, text, count, _, _, abstract in
    guard let wire = unsafe wire(abstract), let text = unsafe text, count > 0 else { return }
    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: min(Int(count), 500))
    wire.farewell = unsafe String(decoding: bytes, as: UTF8.self)
}
