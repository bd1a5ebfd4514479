extension POSIXWork {
    /// The same with new files where the links of their folders lead, as it is of those that are there.
    ///
    /// A run goes through no link: one could be put there since the plan was made.
    func behindLinks(in facts: Facts) -> POSIXWork {
        let folders = facts.linkedFolders
        guard !folders.isEmpty else { return self }
        let resolved = { (path: String) -> String in
            let (folder, name) = path.folderAndName
            return folders[folder].map { "\($0)/\(name)" } ?? path
        }
        var work = self
        for index in work.files.indices { work.files[index].path = resolved(work.files[index].path) }
        if let check { work.check?.files = check.files.map(resolved) }
        return work
    }
}

extension Facts {
    /// Folders that are links, with the one that each leads to.
    ///
    /// All files that were read in one, and more than one, are elsewhere under their own names: one alone may be the link itself.
    fileprivate var linkedFolders: [String: String] {
        var found: [String: (real: Set<String>, count: Int)] = [:]
        for (path, answer) in files {
            guard case .file(let file) = answer else { continue }
            let (folder, name) = path.folderAndName
            let real = file.realPath.folderAndName
            found[folder, default: ([], 0)].real.insert(real.name == name ? real.folder : folder)
            found[folder, default: ([], 0)].count += 1
        }
        return found.compactMapValues { $0.count > 1 && $0.real.count == 1 ? $0.real.first : nil }
            .filter { $0.key != $0.value }
    }
}

extension String {
    fileprivate var folderAndName: (folder: String, name: String) {
        guard let slash = lastIndex(of: "/") else { return ("", self) }
        return (String(self[..<slash]), String(self[index(after: slash)...]))
    }
}
