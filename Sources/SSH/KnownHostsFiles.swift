internal import Glibc
internal import NIOConcurrencyHelpers

/// The known_hosts files of this machine: read once for a fleet, appended to and never rewritten.
enum KnownHostsFiles {
    private struct Key: Hashable {
        var files: [File.Stamp]
        var revoked: [File.Stamp]
    }
    private static let cache = NIOLockedValueBox<[Key: KnownHosts]>([:])

    /// The entries of all files that are there.
    ///
    /// - Throws: when a file is there but cannot be read: what it forbids would be let through.
    static func load(_ policy: HostKeyPolicy) throws(SSHError) -> KnownHosts {
        let paths = (policy.userFiles + policy.globalFiles).map(File.expanded)
        var stamps: [File.Stamp] = []
        for path in paths {
            do throws(File.Trouble) {
                stamps.append(try File.stamp(path))
            } catch {
                guard error.isAbsence else { throw .knownHostsUnreadable(path, error.text) }
            }
        }
        let key = Key(files: stamps, revoked: try revoked(policy))
        if let known = cache.withLockedValue({ $0[key] }) { return known }
        var known = KnownHosts()
        for stamp in stamps {
            do throws(File.Trouble) {
                known.add(try File.read(stamp.path), from: stamp.path)
            } catch {
                throw .knownHostsUnreadable(stamp.path, error.text)
            }
        }
        for stamp in key.revoked {
            let bytes: [UInt8]
            do throws(File.Trouble) { bytes = try File.read(stamp.path) } catch {
                throw .knownHostsUnreadable(stamp.path, error.text)
            }
            guard known.revoke(bytes) else { throw .revocationList(stamp.path) }
        }
        cache.withLockedValue { $0 = [key: known] }
        return known
    }

    /// The file of revoked keys, which must be there where one is named, as for ssh.
    private static func revoked(_ policy: HostKeyPolicy) throws(SSHError) -> [File.Stamp] {
        guard let file = policy.revokedFile.map(File.expanded) else { return [] }
        do throws(File.Trouble) { return [try File.stamp(file)] } catch {
            throw .knownHostsUnreadable(file, error.text)
        }
    }

    /// Adds a key that was not known to the first user file, in one write, so that no other writer's line is torn.
    ///
    /// Makes the folder (0700) and the file (0600) where they are not there yet.
    static func append(_ key: [UInt8], of host: HostName, to policy: HostKeyPolicy) throws(SSHError) {
        guard let file = policy.userFiles.first.map(File.expanded) else { throw .noKnownHostsFile() }
        var fields = Fields(key)
        let line = "\(host.lookup) \(fields.text() ?? "") \(Base64.encode(key))\n"
        do throws(File.Trouble) {
            try File.append(Array(line.utf8), to: file)
        } catch {
            throw .knownHostsNotWritten(file, error.text)
        }
    }
}

extension File {
    /// What tells whether a file is still the one that was read.
    struct Stamp: Hashable {
        var path: String
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    static func stamp(_ path: String) throws(Trouble) -> Stamp {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { throw Trouble(number: errno) }
        return Stamp(
            path: path,
            inode: UInt(facts.st_ino),
            size: Int(facts.st_size),
            seconds: facts.st_mtim.tv_sec,
            nanoseconds: facts.st_mtim.tv_nsec
        )
    }

    /// Appends whole lines under a lock.
    ///
    /// A last line without an end gets one first.
    static func append(_ bytes: [UInt8], to path: String) throws(Trouble) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            guard unsafe mkdir(String(path[..<slash]), 0o700) == 0 || errno == EEXIST else {
                throw Trouble(number: errno)
            }
        }
        let descriptor = unsafe open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Trouble(number: errno) }
        defer { Glibc.close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw Trouble(number: errno) }
        var last: UInt8 = 10
        let end = lseek(descriptor, 0, SEEK_END)
        if end > 0 { _ = unsafe pread(descriptor, &last, 1, end - 1) }
        let whole = (last == 10 ? [] : [10]) + bytes
        let written = unsafe Glibc.write(descriptor, whole, whole.count)
        guard written == whole.count else {
            let trouble = Trouble(number: written < 0 ? errno : ENOSPC)
            if written > 0 { _ = ftruncate(descriptor, end) }
            throw trouble
        }
    }
}
