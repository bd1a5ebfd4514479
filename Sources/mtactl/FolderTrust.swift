import Foundation

/// Whether nobody but the operator and root may change what is in a folder.
enum FolderTrust {
    /// Who else may write to a file or folder, in words; `nil` where nobody may.
    ///
    /// Symlinks count as what they point to.
    static func untrustedReason(_ path: String) -> String? {
        let real = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes: [FileAttributeKey: Any]
        do { attributes = try FileManager.default.attributesOfItem(atPath: real) } catch { return nil }
        let owner = (attributes[.ownerAccountID] as? NSNumber)?.uint32Value
        let name = attributes[.ownerAccountName] as? String ?? owner.map { "\($0)" } ?? "somebody"
        if let owner, !operators.contains(owner) { return "it belongs to \(name)" }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        if mode & 0o002 != 0 { return "anyone can write to it" }
        let group = attributes[.groupOwnerAccountName] as? String ?? "?"
        // A group of the same name is the user's own.
        guard mode & 0o020 != 0, group != name, group != "root" else { return nil }
        return "the group \(group) can write to it"
    }

    /// Root, the operator, and who called sudo.
    private static let operators: Set<UInt32> = {
        var result: Set<UInt32> = [0, geteuid()]
        if let caller = ProcessInfo.processInfo.environment["SUDO_UID"].flatMap({ UInt32($0) }) {
            result.insert(caller)
        }
        return result
    }()
}
