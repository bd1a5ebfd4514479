internal import CLibSSH2
internal import NIOCore

struct ChannelID: Sendable, Hashable {
    let number: Int
}

/// One libssh2 channel: its calls, and nothing that waits.
///
/// Dies with its session, which frees what is left.
@safe final class SSHChannel {
    private let handle: OpaquePointer

    /// How many bytes of output may lie in libssh2 unread before the server has to stop: the channel's window.
    static let window: UInt32 = 256 << 10

    /// libssh2's answer for now: the result, or `nil` with the reason in the session's last error.
    init?(_ handle: OpaquePointer?) {
        guard let handle = unsafe handle else { return nil }
        unsafe self.handle = handle
    }

    enum Stream: Int32 {
        case output = 0
        case errors = 1
    }

    enum Reading {
        case bytes([UInt8])
        case nothing(Int32)
    }

    func start(_ command: String) -> Int32 {
        unsafe libssh2_channel_process_startup(handle, "exec", 4, command, UInt32(command.utf8.count))
    }

    func read(_ stream: Stream, through space: ReadingSpace) -> Reading {
        let code = unsafe libssh2_channel_read_ex(handle, stream.rawValue, space.start, ReadingSpace.size)
        return code > 0 ? .bytes(space.first(code)) : .nothing(Int32(code))
    }

    /// Lets libssh2 work on what came, without taking anything out of the channel.
    @discardableResult
    func pump() -> Int32 { Int32(clamping: unsafe libssh2_channel_read_ex(handle, 0, nil, 0)) }

    /// Whether libssh2 has something for it, without looking at the wire.
    var hasQueued: Bool {
        var count: UInt = 0
        unsafe _ = libssh2_channel_window_read_ex(handle, &count, nil)
        return count > 0
    }

    /// Writes from this place on; returns how many bytes were taken.
    func write(_ bytes: [UInt8], from offset: Int, atMost limit: Int) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...]).assumingMemoryBound(to: CChar.self)
            return unsafe libssh2_channel_write_ex(handle, 0, rest.baseAddress, min(rest.count, limit))
        }
    }

    /// Writes the beginning of these bytes; returns how many were taken.
    func write(_ bytes: ByteBuffer) -> Int {
        unsafe bytes.withUnsafeReadableBytes { bytes in
            let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return unsafe libssh2_channel_write_ex(handle, 0, start, bytes.count)
        }
    }

    func sendEOF() -> Int32 { unsafe libssh2_channel_send_eof(handle) }
    /// True once the server ended its side and everything it sent was read.
    var isAtEnd: Bool { unsafe libssh2_channel_eof(handle) == 1 }
    func waitClosed() -> Int32 { unsafe libssh2_channel_wait_closed(handle) }
    /// Closes and frees.
    ///
    /// When it returns `LIBSSH2_ERROR_EAGAIN`, the server has not answered yet and it is to be called again.
    func free() -> Int32 { unsafe libssh2_channel_free(handle) }

    /// How the command ended, as far as the server said.
    ///
    /// A status of 0 is also what libssh2 reports when it said nothing.
    func ending(of session: LibSSH2Session) -> RemoteEnding {
        var name: UnsafeMutablePointer<CChar>?
        var count = 0
        unsafe libssh2_channel_get_exit_signal(handle, &name, &count, nil, nil, nil, nil)
        guard let name = unsafe name else { return .status(unsafe libssh2_channel_get_exit_status(handle)) }
        defer { unsafe libssh2_free(session.handle, name) }
        return .signal(unsafe String(decoding: UnsafeRawBufferPointer(start: name, count: count), as: UTF8.self))
    }
}

/// Where libssh2 puts what was read, before its bytes are removed.
///
/// One for a connection: most reads find nothing, and memory that big costs more to get than to fill.
@safe final class ReadingSpace {
    /// Beyond the 32 KiB of a packet, so that waiting packets come together.
    static let size = 64 << 10
    fileprivate let start = UnsafeMutablePointer<CChar>.allocate(capacity: size)

    deinit { unsafe start.deallocate() }

    fileprivate func first(_ count: Int) -> [UInt8] { unsafe Array(UnsafeRawBufferPointer(start: start, count: count)) }
}
