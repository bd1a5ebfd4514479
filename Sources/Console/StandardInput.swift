internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Lines of stdin.
///
/// Not by C's buffered input, as `readLine` does: exit(3) waits for whoever still reads from that (glibc 2.41, seen on Debian 13), so
/// a question that was interrupted would keep the program from ending.
package enum StandardInput {
    /// What was read behind the last line.
    private static let rest = Mutex([UInt8]())

    /// Waits for the next line, and returns it without its line break; `nil` when stdin has ended or cannot be read.
    package static func line() -> String? {
        rest.withLock { rest in
            var end = rest.firstIndex(of: newline)
            while end == nil {
                let piece = next()
                guard !piece.isEmpty else { break }
                end = piece.firstIndex(of: newline).map { $0 + rest.count }
                rest += piece
            }
            guard !rest.isEmpty else { return nil }
            var line = rest[..<(end ?? rest.count)]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            defer { rest.removeFirst(min(rest.count, (end ?? rest.count) + 1)) }
            return String(decoding: line, as: UTF8.self)
        }
    }

    private static let newline = UInt8(ascii: "\n")

    /// What can be read now, of a terminal at most a line; empty at the end.
    private static func next() -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count)
            }
            guard count < 0 else { return Array(piece.prefix(count)) }
            switch Errno(rawValue: errno) {
            case .interrupted: continue
            case .resourceTemporarilyUnavailable, .wouldBlock:
                var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            default: return []
            }
        }
    }
}
