package import MTAPlan

extension POSIXWork {
    /// Everything the agent is asked to do before the test message, in order.
    ///
    /// On the way to a POSIX host, secrets are put into payloads here and nowhere else.
    package func calls(_ opening: RunOpening) throws(Failure) -> [AgentCall] {
        let (run, who) = (opening.run.text, opening.run.startedBy)
        var calls = [AgentCall(["open", run, who, opening.server], payload: RestoreProgram.text)]
        calls[0] = calls[0].countingPayload
        if let edits = opening.shownEdits { calls.append(AgentCall(["note"], payload: edits).countingPayload) }
        if !owners.isEmpty { calls.append(AgentCall(["trust"] + owners)) }
        calls += (reload + afterRestore).map { AgentCall(["manifest", "reload"], $0) }
        calls += health.map { AgentCall(["manifest", "health"], $0) }
        calls += rebuild.map { AgentCall(["manifest", "rebuild"], $0) }
        calls += start.map { AgentCall(["manifest", "start"], $0) }
        calls += files.map(\.expectation)
        if let log = opening.log, let mark = AgentCall.mark(log) { calls.append(mark) }
        let backedUp = files.flatMap(\.backedUp) + derived
        if !backedUp.isEmpty { calls.append(AgentCall(["backup"] + backedUp)) }
        calls += settings.map(\.backup)
        calls.append(AgentCall(["arm", "\(opening.revertAfter)"]))
        for file in files { calls += try file.stagingCalls(secrets: opening.secrets) }
        calls += builds
        for setting in settings { calls.append(try setting.assignment(opening.secrets)) }
        if let check {
            for command in check.commands {
                calls.append(AgentCall(["check", "\(check.files.count)"] + check.files, command))
            }
        }
        calls.append(AgentCall(["swap"]))
        calls += rebuild.map { AgentCall(["run", "rebuild"], $0) }
        calls += reload.map { AgentCall(["run", "reload"], $0) }
        calls += healthCalls
        calls += expectations.map { AgentCall(["prints", $0.digest], $0.command, printing: $0.output) }
        return calls
    }

    /// Looks whether the daemon runs.
    package var healthCalls: [AgentCall] {
        health.map { command in
            daemon.map { AgentCall(["lives", $0.file, $0.name], command) } ?? AgentCall(["run", "health"], command)
        }
    }

    /// What makes the indexes of staged files: one call for all of a kind, where the program takes several.
    private var builds: [AgentCall] {
        var groups: [(index: FileChange.Index, paths: [String])] = []
        for file in files {
            guard case .file = file.wanted, let index = file.index else { continue }
            if index.takesMany, let same = groups.firstIndex(where: { $0.index == index }) {
                groups[same].paths.append(file.path)
            } else {
                groups.append((index, [file.path]))
            }
        }
        return groups.map { AgentCall(["build", "\($0.paths.count)"] + $0.paths + [$0.index.suffix], $0.index.build) }
    }
}

extension AgentCall {
    /// The call with the number of payload bytes as its last word.
    fileprivate var countingPayload: AgentCall {
        AgentCall(words + ["\(payload?.count ?? 0)"], payload: payload)
    }

    /// Remembers where the log is now; `nil` where there is none to remember.
    package static func mark(_ log: LogSource) -> AgentCall? {
        switch log {
        case .submission, .tracking, .activity, .administration: nil
        case .journal(let users): AgentCall(["mark", "journal"] + users)
        case .output(let program, let users): AgentCall(["mark", "output", program] + users)
        case .file(let path): AgentCall(["mark", "file", path])
        case .series(let prefix, let suffix): AgentCall(["mark", "series", prefix, suffix])
        }
    }

    /// Hands a message to the host's own `sendmail`, or the program that takes it instead.
    package static func submit(_ message: OutgoingMessage) -> AgentCall {
        let envelope = [message.from, message.to, "\(message.bytes.count)"]
        guard let program = message.program else {
            return AgentCall(["submit"] + envelope + message.words, payload: message.bytes)
        }
        return AgentCall(["hand"] + envelope + program.words, payload: message.bytes)
    }

    /// Reads the log until a line is there or the seconds are over.
    package static func watch(_ watch: Watch, seconds: Int) -> AgentCall {
        let naming = watch.naming.map { ["n", $0.line, "b", $0.before] } ?? []
        let wanted = watch.containing.flatMap { ["c", $0] }
        let until = watch.until.flatMap { group in
            zip(group.indices, group).flatMap { index, text in [index == 0 ? "u" : "a", text] }
        }
        let except = watch.except.flatMap { ["x", $0] }
        return AgentCall(["watch", "\(seconds)"] + naming + wanted + except + until)
    }
}

extension SettingChange {
    fileprivate var backup: AgentCall {
        AgentCall(
            ["setting", name, expected ?? "any", isSecret ? "secret" : "plain", "\(read.words.count)"] + read.words,
            write.program
        )
    }

    fileprivate func assignment(_ secrets: Secrets) throws(Failure) -> AgentCall {
        AgentCall(["assign", name], payload: try rendered(with: secrets)).countingPayload
    }
}

extension FileChange {
    fileprivate var expectation: AgentCall {
        switch expected {
        case .absent: AgentCall(["expect", "absent", path])
        case .hash(let hash): AgentCall(["expect", "sha256", hash, path])
        case .inode(let inode, let changed): AgentCall(["expect", "inode", "\(inode)", changed, path])
        }
    }

    fileprivate var backedUp: [String] { [path] + (index.map { [path + $0.suffix] } ?? []) }

    fileprivate func stagingCalls(secrets: Secrets) throws(Failure) -> [AgentCall] {
        switch wanted {
        case .absent:
            return backedUp.map { AgentCall(["remove", $0]) }
        case .file(let content, let mode, let owner, let group):
            let bytes = try content.rendered(with: secrets)
            let stage = AgentCall(
                ["stage", path, mode.description, owner, group, "\(bytes.count)"] + (kind == .secret ? ["secret"] : []),
                payload: bytes
            )
            return [stage]
        }
    }
}
