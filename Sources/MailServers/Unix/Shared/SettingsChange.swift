import MTAPlan

/// The change of one settings file in which logins may be.
struct SettingsChange {
    var path: String
    /// `nil` where there is none yet.
    var found: FoundFile?
    var content: Content
    /// For a file that is not there yet, and for one that others may read when a login comes into it.
    var mode: FileMode
    var owner: String
    var group: String
    var kind = FileChange.Kind.secret
    var secrets: Secrets

    /// `nil` where the file is so already.
    func change() throws(Failure) -> FileChange? {
        var wanted = (mode: mode, owner: owner, group: group)
        if let found, content.secrets.isEmpty || found.mode.rawValue & ~mode.rawValue == 0 {
            wanted = (found.mode, found.owner, found.group)
        }
        if let found, found.bytes == (try content.rendered(with: secrets)), found.mode == wanted.mode { return nil }
        return try FileChange(
            path: found?.realPath ?? path,
            found: found.map(FileChange.Found.file) ?? .absent,
            wanted: .file(content, mode: wanted.mode, owner: wanted.owner, group: wanted.group),
            kind: kind,
            secrets: secrets
        )
    }

    /// The file as found; one without a NUL byte.
    ///
    /// - Throws: Where it cannot be read, or is not text.
    static func file(_ path: String, in facts: Facts) throws(Failure) -> FoundFile? {
        switch facts.files[path] {
        case .file(let file)?:
            if file.bytes.contains(0) { throw .noText(path) }
            return file
        case .unreadable(let why)?: throw .unreadable(path, why)
        case .absent?, nil: return nil
        }
    }
}

extension Failure {
    fileprivate static func noText(_ path: String) -> Failure {
        Failure("there is a NUL byte in it, so it is not text", hint: "check what happened to the file", at: path)
    }
}
