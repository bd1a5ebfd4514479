/// What was read of an inventory: bytes of files and output of programs.
///
/// Reading them is somebody else's work.
package struct InventorySource: Sendable {
    /// The inventory's folder, or the one that its file is in; empty for the current one.
    package var folder: String
    /// The inventory's file, where it is one: its name in the folder.
    ///
    /// `nil`: all files of the folder.
    package var main: String?
    /// By path within the folder: `hosts.yml`, `group_vars/web.yml`, `host_vars/mx1/mail.yml`.
    package var files: [String: Content]

    package init(folder: String, main: String? = nil, files: [String: Content]) {
        self.folder = folder
        self.main = main
        self.files = files
    }

    package enum Content: Sendable, Hashable {
        case file([UInt8])
        /// What an executable file printed when it was run with `--list`.
        case output([UInt8])
    }

    /// Whether a file of an inventory's folder is read as hosts and groups: not hidden, no backup, no variables.
    ///
    /// Source: ansible-core 2.19, `InventoryManager.parse_source` and INVENTORY_IGNORE_EXTS.
    package static func isHosts(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        if parts.contains(where: { $0.hasPrefix(".") || ["group_vars", "host_vars", "vars_plugins"].contains($0) }) {
            return false
        }
        let endings = [
            "~", ".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry",
            ".schema.json",
        ]
        return !endings.contains { path.hasSuffix($0) }
    }

    /// Whether a file holds variables of groups or hosts: `group_vars/web.yml`, `host_vars/mx1/mail.yml`.
    package static func isVariables(_ path: String) -> Bool { variables(path) != nil }

    /// Whose variables a file holds, and which of several files for the same it is: the lowest rank counts alone.
    ///
    /// Source: ansible-core 2.19, `DataLoader.find_vars_files`.
    static func variables(_ path: String) -> (kind: String, name: String, rank: Int)? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count >= 2, parts[0] == "group_vars" || parts[0] == "host_vars", let last = parts.last else {
            return nil
        }
        if parts.contains(where: { $0.hasPrefix(".") || $0.hasSuffix("~") }) { return nil }
        let rank = [".yml", ".yaml", ".json"].firstIndex { last.hasSuffix($0) }
        guard parts.count == 2 else {
            // In a folder of the name: any file of these, or without an ending.
            return rank != nil || !last.contains(".") ? (parts[0], parts[1], 0) : nil
        }
        guard let rank else { return (parts[0], last, 0) }
        let name = last.dropLast([4, 5, 5][rank])
        return name.isEmpty ? nil : (parts[0], String(name), rank + 1)
    }

    func place(_ path: String) -> Place { Place(file: SecretReference.path(path, in: folder)) }
}
