internal import Glibc

/// Reading and appending to small files of this machine.
enum File {
    struct Trouble: Error, Equatable {
        var number: Int32
        var text: String { unsafe String(cString: strerror(number)) }
        var isAbsence: Bool { number == ENOENT || number == ENOTDIR }
    }

    static func read(_ path: String) throws(Trouble) -> [UInt8] {
        let descriptor = unsafe open(expanded(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Trouble(number: errno) }
        defer { Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            var failure: Int32?
            let part = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let result = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                failure = result < 0 ? errno : nil
                count = max(result, 0)
            }
            if let failure { throw Trouble(number: failure) }
            if part.isEmpty { return bytes }
            bytes += part
        }
    }

    /// The mode of a file of this user's that others can read, write or run; `nil` for any other.
    ///
    /// Source: OpenSSH 9.2, authfile.c, `sshkey_perm_ok`.
    static func exposure(_ path: String) -> Int? {
        var facts = stat()
        guard unsafe stat(expanded(path), &facts) == 0, facts.st_uid == getuid(), facts.st_mode & 0o077 != 0 else {
            return nil
        }
        return Int(facts.st_mode & 0o777)
    }

    /// `~` at the front is the user's home: the password database's, as for ssh, whatever `HOME` says.
    ///
    /// Source: ssh_config(5), IdentityFile; OpenSSH takes it from getpwuid(getuid()).
    static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let user = unsafe getpwuid(getuid()) else { return path }
        return unsafe String(cString: user.pointee.pw_dir) + path.dropFirst()
    }
}
