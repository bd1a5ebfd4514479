/// The private keys of this process: each file is read and unlocked once, however many hosts want it.
package actor KeyRing {
    package static let shared = KeyRing()

    private var files: [String: KeyFile] = [:]
    private var keys: [String: PrivateKey] = [:]

    package init() {}

    /// What a file holds; `nil` when there is none or it cannot be read.
    func file(_ path: String) -> KeyFile? {
        if let file = files[path] { return file }
        guard let bytes = try? File.read(path) else { return nil }
        let file = KeyFile(bytes)
        files[path] = file
        return file
    }

    /// The key of a file that is not encrypted.
    func key(_ path: String) -> PrivateKey? {
        if let key = keys[path] { return key }
        guard let file = file(path), !file.isEncrypted, let sealed = file.sealed, let publicKey = file.publicKey,
            let key = PrivateKey(section: sealed.secret, publicKey: publicKey)
        else { return nil }
        keys[path] = key
        return key
    }
}
