/// A change in a saved plan: of the host's own bytes it holds none, but says which of them stay where.
extension FileChange: Codable {
    private enum Key: CodingKey { case path, expected, wanted, kind, index, becomes }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(path, forKey: .path)
        try values.encode(expected, forKey: .expected)
        try values.encode(saved ?? origin.spared(wanted), forKey: .wanted)
        try values.encode(kind, forKey: .kind)
        try values.encodeIfPresent(index, forKey: .index)
        try values.encodeIfPresent(becomes, forKey: .becomes)
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        path = try values.decode(String.self, forKey: .path)
        expected = try values.decode(Expected.self, forKey: .expected)
        wanted = try values.decode(Wanted.self, forKey: .wanted)
        kind = try values.decode(Kind.self, forKey: .kind)
        index = try values.decodeIfPresent(Index.self, forKey: .index)
        becomes = try values.decodeIfPresent(String.self, forKey: .becomes)
        origin = .saved
    }

    /// The change with the host's bytes in their places.
    ///
    /// - Throws: When the file is not what it was when the plan was made.
    package func filled(from facts: Facts) throws(Failure) -> FileChange {
        guard case .file(var content, let mode, let owner, let group) = wanted, content.isSpared else { return self }
        var filled = self
        content = try content.filled(fromOthersIn: facts)
        if content.isSpared {
            guard let file = facts.file(at: path), Expected(.file(file), kind: kind) == expected else {
                throw .moved(path)
            }
            filled.origin = .planned(over: file.bytes)
            content = content.filled(from: file.bytes)
        }
        filled.wanted = .file(content, mode: mode, owner: owner, group: group)
        return filled
    }

    /// Chooses what a saved plan holds of the file: none of its own bytes, and no word of another file of the host that the
    /// glossary would hide.
    mutating func spare(_ facts: Facts, by glossary: Glossary) {
        guard case .file(let content, let mode, let owner, let group) = origin.spared(wanted) else { return }
        saved = .file(
            content.sparing(copiesFrom: facts, butOf: path, by: glossary),
            mode: mode,
            owner: owner,
            group: group
        )
    }

    /// Files that have to be read before the change of a saved plan can be made.
    var unread: [String] {
        guard origin == .saved else { return [] }
        guard case .file(let content, _, _, _) = wanted else { return [path] }
        return [path] + content.copiedFrom.filter { $0 != path }
    }

    /// Whether the host has the file as this change would leave it; `nil` where that cannot be determined.
    package func isDone(in facts: Facts, secrets: Secrets) throws(Failure) -> Bool? {
        guard case .file(let content, let mode, _, _) = wanted else { return facts.file(at: path) == nil }
        guard let file = facts.file(at: path), file.mode == mode else { return false }
        if let becomes { return becomes == Expected(.file(file), kind: .configuration).sha256 }
        if content.isSpared { return nil }
        return file.bytes == (try content.rendered(with: secrets))
    }
}

extension POSIXWork {
    /// The work with the host's bytes in their places.
    ///
    /// - Throws: When a file or a setting is not what it was when the plan was made.
    package func filled(from facts: Facts) throws(Failure) -> POSIXWork {
        var filled = self
        filled.files = []
        for file in files { filled.files.append(try file.filled(from: facts)) }
        filled.settings = []
        for setting in settings { filled.settings.append(try setting.filled(from: facts)) }
        return filled
    }

    /// Whether every file and setting is as this work would leave it, as far as that can be determined, and it can be
    /// determined for one.
    ///
    /// Of a file with logins of which some stay nothing is written down, not even a hash; what was put in place with it
    /// tells.
    package func isDone(in facts: Facts, secrets: Secrets) throws(Failure) -> Bool {
        var isKnown = false
        for file in files {
            guard let isDone = try file.isDone(in: facts, secrets: secrets) else { continue }
            if !isDone { return false }
            isKnown = true
        }
        for setting in settings {
            guard let isDone = try setting.isDone(in: facts, secrets: secrets) else { continue }
            if !isDone { return false }
            isKnown = true
        }
        return isKnown
    }
}

extension Facts {
    /// The file of this name, whichever name it was asked for by.
    fileprivate func file(at path: String) -> FoundFile? {
        file(path)
            ?? files.values.lazy.compactMap { answer in
                if case .file(let file) = answer, file.realPath == path { file } else { nil }
            }.first
    }
}

extension FileChange.Expected {
    fileprivate var sha256: String? { if case .hash(let hash) = self { hash } else { nil } }
}

extension FileChange.Origin {
    /// What is wanted, without the host's bytes.
    fileprivate func spared(_ wanted: FileChange.Wanted) -> FileChange.Wanted {
        if case .planned(let found) = self { wanted.sparing(found) } else { wanted }
    }
}

extension FileChange.Wanted {
    fileprivate func sparing(_ found: [UInt8]) -> FileChange.Wanted {
        guard case .file(let content, let mode, let owner, let group) = self else { return self }
        return .file(content.sparing(found), mode: mode, owner: owner, group: group)
    }
}

extension Failure {
    static func moved(_ path: String) -> Failure {
        Failure("\(path) has changed since it was planned", hint: "plan again and check the diff")
    }
}
