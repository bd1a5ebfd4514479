extension FileChange {
    /// Chooses what is shown of the change; until then it is nothing.
    ///
    /// What is ours is shown word by word, of the host's own lines what the notation says is harmless.
    ///
    /// - Throws: When a secret of `wanted` was not looked up.
    package mutating func show(_ notation: Notation, by glossary: Glossary, secrets: Secrets) throws(Failure) {
        var after: [UInt8]?
        var masked: [UInt8] = []
        if case .file(let content, _, _, _) = wanted {
            after = try content.rendered(with: secrets)
            masked = content.masked
        }
        shown =
            ShownDiff(
                notation: notation,
                glossary: glossary,
                before: found,
                after: after,
                masked: masked,
                path: path
            ).text
    }

    /// The change as a unified diff in which no secret is.
    package var diff: String { shown ?? "" }
}

extension ForeseenFile {
    /// Chooses what is shown of the change; until then it is nothing.
    package mutating func show(_ notation: Notation, by glossary: Glossary) {
        diff =
            ShownDiff(
                notation: notation,
                glossary: glossary,
                before: found,
                after: becomes,
                masked: becomes,
                path: path
            ).text
    }
}

extension SettingChange {
    /// Chooses what is shown of the change; until then it is nothing.
    ///
    /// - Throws: When a secret of `wanted` was not looked up.
    package mutating func show(by glossary: Glossary, secrets: Secrets) throws(Failure) {
        guard let found else { return }
        shown =
            ShownDiff(
                notation: isHarmless ? Notation(.rows, comments: []) : .unknown,
                glossary: glossary,
                before: found + [0x0A],
                after: try rendered(with: secrets),
                masked: wanted.masked + [0x0A],
                path: "/\(name)"
            ).text
    }
}

/// Two texts are compared as they are, and shown as is chosen.
private struct ShownDiff {
    let notation: Notation
    let glossary: Glossary
    let before: [UInt8]?
    let after: [UInt8]?
    /// What is wanted, with the name of each secret in its place.
    let masked: [UInt8]
    let path: String

    var text: String {
        let diff = LineDiff(before ?? [], after ?? [])
        let old = ForeignLines(notation: notation, glossary: glossary, lines: diff.old)
        let new = ForeignLines(notation: notation, glossary: glossary, lines: diff.new)
        let names = LineDiff.lines(masked)
        let found = Set(diff.old)
        func line(_ edit: LineDiff.Edit) -> String {
            switch edit {
            case .keep(let index, let other):
                // A line with a secret is ours, whoever wrote it first.
                if let own = own(other, names, diff) { return glossary.value(own) }
                return old.shown(index)
            case .remove(let index): return old.shown(index)
            case .insert(let index):
                if let own = own(index, names, diff) { return glossary.value(own) }
                let line = diff.new[index]
                return found.contains(line) || line.starts(with: ForeignLines.replaced)
                    ? new.shown(index) : glossary.value(line)
            }
        }
        return diff.unified(from: before == nil, to: after == nil, path: path) { ArraySlice(line($0).utf8) }
    }

    /// The line with the names of its secrets; `nil` where it has none.
    private func own(_ index: Int, _ names: [ArraySlice<UInt8>], _ diff: LineDiff) -> ArraySlice<UInt8>? {
        // A secret with a line break in it, which none may have, would move all that follows.
        guard names.count == diff.new.count else { return ArraySlice("…\n".utf8) }
        return names[index] == diff.new[index] ? nil : names[index]
    }
}

extension Content {
    /// The content with the name of each secret in its place: for showing.
    package var masked: [UInt8] {
        pieces.flatMap { piece in
            switch piece {
            case .bytes(let bytes): bytes
            case .secret(let reference, _): Array("[secret \(reference)]".utf8)
            case .kept, .copied: Array(Glossary.hidden.utf8)
            }
        }
    }
}
