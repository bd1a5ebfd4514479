extension Facts {
    /// What the host would answer once the work is done; where a secret would be, its name does.
    package func after(_ work: POSIXWork) -> Facts {
        var keys: [String: [String]] = [:]
        for (key, answer) in files {
            if case .file(let file) = answer, file.realPath != key { keys[file.realPath, default: []].append(key) }
        }
        var facts = self
        for change in work.files {
            let answer: FileAnswer
            switch change.wanted {
            case .absent: answer = .absent
            case .file(let content, let mode, let owner, let group):
                answer = .file(
                    FoundFile(
                        realPath: change.path,
                        bytes: content.masked,
                        mode: mode,
                        owner: owner,
                        group: group
                    )
                )
            }
            for key in [change.path] + (keys[change.path] ?? []) { facts.files[key] = answer }
        }
        for change in work.foreseen {
            for key in [change.path] + (keys[change.path] ?? []) {
                guard case .file(var file)? = facts.files[key] else { continue }
                file.bytes = change.becomes
                facts.files[key] = .file(file)
            }
        }
        for change in work.settings { facts.answers[change.answer] = Answer(output: change.wanted.masked + [0x0A]) }
        return facts
    }
}
