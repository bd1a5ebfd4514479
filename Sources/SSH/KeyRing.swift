/// The private keys of this process: each file is read and unlocked once, however many hosts want it.
package actor KeyRing {
    package static let shared = KeyRing()

    private var files: [String: KeyFile] = [:]
    private var keys: [String: Task<Result<PrivateKey, Locked>, Never>] = [:]

    package init() {}

    struct Locked: Error, Equatable {
        let text: String
    }

    /// What is to be found at each path: the private key, or the public one alone (`path` itself or `path.pub`).
    func candidates(_ paths: [String]) -> [Identities.Candidate] {
        paths.map { path in
            let file = file(path)
            let publicKey = file?.publicKey ?? Self.publicKey(path) ?? Self.publicKey(path + ".pub")
            // One that cannot be looked at is none that could be used.
            let hasCertificate = (try? File.stamp(path + "-cert.pub")) != nil
            return Identities.Candidate(
                path: path,
                file: file,
                publicKey: publicKey,
                exposure: file == nil ? nil : File.exposure(path),
                hasCertificate: hasCertificate
            )
        }
    }

    private func file(_ path: String) -> KeyFile? {
        if let file = files[path] { return file }
        // Most of the usual files are not there; of one that was asked for, `opened` says so.
        guard let bytes = try? File.read(path) else { return nil }
        let file = KeyFile(bytes)
        files[path] = file
        return file
    }

    /// The key in a one-line public key file.
    private static func publicKey(_ path: String) -> [UInt8]? {
        // Most keys have no such file next to them.
        guard let bytes = try? File.read(path) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0.isNewline }
        guard words.count >= 2, let key = Base64.decode(words[1]) else { return nil }
        var fields = Fields(key)
        return fields.text() == String(words[0]) ? key : nil
    }

    /// The key of a file, once it is unlocked.
    ///
    /// Whoever asks meanwhile waits for the same answer, so a passphrase is asked for once.
    ///
    /// A wrong or missing passphrase is remembered too: a fleet does not ask a thousand times.
    func key(
        _ path: String,
        passphrase: (@Sendable (String) async throws(SSHError) -> String?)?
    ) async throws(Locked) -> PrivateKey {
        let task = keys[path] ?? Task { [file = file(path)] in await Self.unlock(path, file, passphrase) }
        keys[path] = task
        return try await task.value.get()
    }

    @concurrent private static func unlock(
        _ path: String,
        _ file: KeyFile?,
        _ passphrase: (@Sendable (String) async throws(SSHError) -> String?)?
    ) async -> Result<PrivateKey, Locked> {
        guard let file else { return .failure(Locked(text: "it cannot be read")) }
        if case .pem = file.format {
            // What went away since is a key of no kind.
            let text = (try? File.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return PrivateKey(pem: text).map(Result.success)
                ?? .failure(Locked(text: "a kind of key that is not supported"))
        }
        guard let sealed = file.sealed, let publicKey = file.publicKey else {
            return .failure(Locked(text: "not a private key"))
        }
        guard file.isEncrypted else {
            return PrivateKey(section: sealed.secret, publicKey: publicKey).map(Result.success)
                ?? .failure(Locked(text: "a kind of key that is not supported"))
        }
        let words: String?
        do throws(SSHError) { words = try await passphrase?(path) } catch {
            return .failure(Locked(text: "its passphrase is not known: \(error.problem)"))
        }
        guard let words else { return .failure(Locked(text: "its passphrase is not known")) }
        guard let section = LockedKey.open(sealed, passphrase: words),
            let key = PrivateKey(section: section, publicKey: publicKey)
        else { return .failure(Locked(text: "the passphrase is wrong")) }
        return .success(key)
    }
}
