/// What reads folders and files for an inventory, so that reading them is somebody else's work.
package protocol InventoryFiles {
    /// The names in a folder, and whether each is a folder; links count as what they lead to.
    ///
    /// - Returns: `nil` where there is no such folder.
    func entries(of folder: String) throws(Failure) -> [String: Bool]?
    func bytes(of file: String) throws(Failure) -> [UInt8]
}

/// No files.
package struct NoFiles: InventoryFiles {
    package init() {}
    package func entries(of folder: String) -> [String: Bool]? { nil }
    package func bytes(of file: String) throws(Failure) -> [UInt8] { throw Failure("there is no such file", at: file) }
}

/// Finds the files with variables of groups and hosts by their names.
///
/// Source: ansible-core 2.19, `DataLoader.find_vars_files` and `plugins/vars/host_group_vars.py`.
struct VariableFiles {
    enum Kind: String { case groups = "group_vars", hosts = "host_vars" }

    private let files: any InventoryFiles
    private let folder: String
    /// The names in `group_vars` or `host_vars`; `nil` where there is no such folder.
    private var entries: [Kind: [String: Bool]] = [:]
    private static let endings = ["", ".yml", ".yaml", ".json"]
    /// Folders within folders; more is a link that leads round.
    private static let depth = 20

    init(in folder: String, _ files: any InventoryFiles) throws(Failure) {
        self.files = files
        self.folder = folder
        for kind in [Kind.groups, .hosts] {
            entries[kind] = try files.entries(of: SecretReference.path(kind.rawValue, in: folder))
        }
    }

    /// The files for one group or host, from the weakest to the strongest.
    ///
    /// Of `NAME`, `NAME.yml`, `NAME.yaml` and `NAME.json` the first that is there counts, a folder with all its files.
    func paths(of kind: Kind, _ name: String) throws(Failure) -> [String] {
        guard let entries = entries[kind], !name.contains("/"), !name.isEmpty, name != ".", name != ".." else {
            return []
        }
        for ending in Self.endings {
            guard let isFolder = entries[name + ending] else { continue }
            let path = "\(SecretReference.path(kind.rawValue, in: folder))/\(name)\(ending)"
            return isFolder ? try self.paths(in: path, depth: 0) : [path]
        }
        return []
    }

    private func paths(in folder: String, depth: Int) throws(Failure) -> [String] {
        guard depth < Self.depth else {
            throw Failure(
                "folders are nested too deeply here",
                hint: "a symlink may point to a folder above itself",
                at: folder
            )
        }
        var found: [String] = []
        let entries = try files.entries(of: folder) ?? [:]
        let sorted = entries.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
        for (name, isFolder) in sorted {
            guard !name.hasPrefix("."), !name.hasSuffix("~") else { continue }
            let ending = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
            if isFolder, ending.isEmpty {
                found += try paths(in: "\(folder)/\(name)", depth: depth + 1)
            } else if !isFolder, Self.endings.contains(ending) {
                found.append("\(folder)/\(name)")
            }
        }
        return found
    }
}
