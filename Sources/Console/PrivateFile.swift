internal import Glibc
package import SystemPackage

/// A file that nobody but its owner can read.
package enum PrivateFile {
    /// Puts one with these bytes in the place of what is there, whole or not at all.
    ///
    /// The process's mask stays as it is: it is that of every thread, and of whatever they start.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(Errno) {
        let new = path + ".\(UInt64.random(in: 0...UInt64.max))"
        do {
            let file = try FileDescriptor.open(
                FilePath(new),
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.closeAfter {
                try file.writeAll(bytes)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard unsafe rename(new, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            _ = unsafe unlink(new)
            throw error as? Errno ?? .ioError
        }
    }
}
