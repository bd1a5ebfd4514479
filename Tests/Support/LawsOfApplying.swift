package import MTAPlan

/// What a host would answer after a change set, without a host: files and settings change, other answers stay.
extension Facts {
    /// The facts with every change done, as the agent does it.
    package func applying(_ changes: POSIXWork, secrets: Secrets) throws(Failure) -> Facts {
        var facts = self
        for change in changes.files {
            switch change.wanted {
            case .absent: facts.put(.absent, at: change.path)
            case .file(let content, let mode, let owner, let group):
                let bytes = try content.rendered(with: secrets)
                let file = { (path: String, bytes: [UInt8]) in
                    FoundFile(realPath: path, bytes: bytes, mode: mode, owner: owner, group: group)
                }
                facts.put(.file(file(change.path, bytes)), at: change.path)
                guard let suffix = change.index?.suffix else { continue }
                let index = change.path + suffix
                facts.files[index] = nil
                facts.indexes[index] = file(index, [])
            }
        }
        for setting in changes.settings {
            facts.answers[setting.answer] = Answer(output: try setting.rendered(with: secrets))
        }
        // What the host makes of them.
        for file in changes.foreseen {
            for (path, answer) in facts.files {
                guard case .file(var found) = answer, found.realPath == file.path else { continue }
                found.bytes = file.becomes
                facts.files[path] = .file(found)
            }
        }
        facts.listEximParts(after: self)
        return facts
    }

    /// The files whose bytes are known, by the path that was asked for.
    package var read: [String: FoundFile] {
        files.compactMapValues { if case .file(let file) = $0 { file } else { nil } }
    }

    private mutating func put(_ answer: FileAnswer, at path: String) {
        indexes[path] = nil
        let keys = files.filter { key, answer in
            if case .file(let file) = answer { file.realPath == path } else { key == path }
        }
        for key in keys.isEmpty ? [path] : Array(keys.keys) { files[key] = answer }
    }

    /// Lists the files of Debian's conf.d as `exim_sources` in exim-facts.sh does: without those that went away since, and with
    /// those that came where their names sort.
    private mutating func listEximParts(after before: Facts) {
        guard let list = text("exim.sources"), list.contains("/etc/exim4/conf.d/") else { return }
        var paths = list.split(separator: "\n").map(String.init)
        paths.removeAll { before.file($0) != nil && file($0) == nil }
        for path in files.keys.sorted() where before.file(path) == nil && file(path) != nil {
            guard let place = EximPart(path) else { continue }
            let next = paths.firstIndex { EximPart($0).map { place < $0 } ?? false }
            paths.insert(path, at: next ?? paths.endIndex)
        }
        answers["exim.sources"]?.output = Array(paths.map { $0 + "\n" }.joined().utf8)
    }
}

/// Where a file is in Debian's conf.d.
private struct EximPart: Comparable {
    private let part: Int
    private let name: String

    init?(_ path: String) {
        let words = path.split(separator: "/").map(String.init)
        let parts = ["main", "acl", "router", "transport", "retry", "rewrite", "auth"]
        guard words.count == 5, path.hasPrefix("/etc/exim4/conf.d/"), let part = parts.firstIndex(of: words[3])
        else { return nil }
        (self.part, name) = (part, words[4])
    }

    static func < (a: EximPart, b: EximPart) -> Bool { (a.part, a.name) < (b.part, b.name) }
}
