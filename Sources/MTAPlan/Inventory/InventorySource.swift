/// What was read of one `-i`: bytes of files, output of programs, or names of hosts.
///
/// Reading them is somebody else's work.
package struct InventorySource: Sendable {
    /// The folder next to whose files `group_vars` and `host_vars` are, empty for the current one; `nil` for a list.
    package var folder: String?
    /// In the order in which they count.
    package var parts: [Part]
    /// As the operator named it, where that is a folder.
    package var name: String?

    package init(folder: String?, parts: [Part], name: String? = nil) {
        self.folder = folder
        self.name = name
        self.parts = parts
    }

    package struct Part: Sendable {
        /// As the operator would write it.
        package var path: String
        package var content: Input

        package init(path: String, content: Input) {
            self.path = path
            self.content = content
        }
    }

    package enum Input: Sendable {
        case file([UInt8])
        /// What an executable file printed when it was run with `--list`.
        case program(ProgramOutput)
        /// Names with commas between them.
        case names(String)
    }

    /// Whether a file or folder within an inventory's folder is read: not hidden, no backup, no variables.
    ///
    /// Source: ansible-core 2.19, `InventoryManager.parse_source` and INVENTORY_IGNORE_EXTS.
    package static func isRead(_ name: String) -> Bool {
        if name.hasPrefix(".") || ["group_vars", "host_vars", "vars_plugins"].contains(name) { return false }
        let endings = [
            "~", ".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry",
            ".schema.json",
        ]
        return !endings.contains { name.hasSuffix($0) }
    }
}
