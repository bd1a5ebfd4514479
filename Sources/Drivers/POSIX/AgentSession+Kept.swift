package import MTAPlan

extension AgentSession {
    /// What is kept on the host, oldest first, and who has its lock.
    package func kept() async throws(Failure) -> KeptRuns {
        let list = AgentCall(["list"])
        let reply = try await call(list)
        if case .failed(let code, let why) = reply.ending {
            var failure = AgentFailure(call: list, code: code, why: why).failure
            failure.isOfReachedHost = true
            throw failure
        }
        return reply.kept
    }

    /// What is kept, with every file of every backup compared with the hash that it was kept under.
    package func audited() async throws(Failure) -> KeptRuns {
        let audit = AgentCall(["audit"])
        let reply = try await call(audit, within: .seconds(600))
        if case .failed("exposed", let why) = reply.ending {
            throw AgentFailure(call: audit, code: "exposed", why: why).failure
        }
        guard case .done = reply.ending else {
            throw Failure("the host could not list its backups", hint: "`mtactl backups list` shows them")
        }
        return reply.kept
    }

    /// Removes what is kept.
    ///
    /// - Throws: Where the agent would not, with its reason.
    func take(_ call: AgentCall) async throws(Failure) {
        let reply = try await self.call(call)
        guard case .failed(let code, let why) = reply.ending else { return }
        throw AgentFailure(call: call, code: code, why: why).failure
    }

    /// The manifest and the journal of a run, and what its plan showed; no hash, by which a weak password could be guessed.
    package func records(of run: String) async throws(Failure) -> [RunText] {
        let reply = try await call(AgentCall(["show", run]))
        guard case .done = reply.ending else {
            throw Failure("no backup of run \(run) is kept here", hint: "`mtactl backups list` shows what is kept")
        }
        return [
            RunText("manifest", Printable.text(reply.bodies["manifest"] ?? []).withoutHashes),
            RunText("journal", Printable.text(reply.bodies["journal"] ?? [])),
            RunText("edits", [Edit](kept: reply.bodies["edits"] ?? []).flatMap(\.lines).joined(separator: "\n")),
        ]
    }

    /// What the plan of a run showed; none where that is not kept.
    package func edits(of run: String) async throws(Failure) -> [Edit] {
        let reply = try await call(AgentCall(["show", run]))
        guard case .done = reply.ending else {
            throw Failure("no backup of run \(run) is kept here", hint: "`mtactl backups list` shows what is kept")
        }
        return [Edit](kept: reply.bodies["edits"] ?? [])
    }

    /// Removes a stale lock: of a run that is neither in progress nor unfinished.
    ///
    /// - Throws: Where it is, with who has it.
    package func breakLock() async throws(Failure) {
        let reply = try await call(AgentCall(["break_lock"]))
        guard case .failed(let code, let why) = reply.ending else { return }
        throw Failure(
            code == "unfinished"
                ? "the lock belongs to an unfinished run: \(why)" : "the lock was not removed: \(why)",
            hint: code == "unfinished"
                ? "`mtactl rollback` puts the host back as it was before that run, and removes the lock"
                : "it has only just been taken; wait a minute"
        )
    }
}

extension AgentReply {
    fileprivate var kept: KeptRuns {
        var kept = KeptRuns()
        for words in lines {
            switch words.first {
            case "run":
                guard words.count == 6, let state = RunState(rawValue: words[2]), let files = Int(words[4]),
                    let bytes = Int(words[5])
                else { continue }
                kept.runs.append(KeptRun(run: words[1], state: state, server: words[3], files: files, bytes: bytes))
            case "damage" where kept.runs.last?.run == words.dropFirst().first:
                kept.runs[kept.runs.count - 1].damage.append(Printable.line(words.dropFirst(2).joined(separator: " ")))
            case "by" where kept.runs.last?.run == words.dropFirst().first:
                let who = words.dropFirst(2).drop { $0 == "by" }.prefix { $0 != "since" }
                kept.runs[kept.runs.count - 1].startedBy = Printable.line(who.joined(separator: " "))
                let since = words.drop { $0 != "since" }.dropFirst().first
                kept.runs[kept.runs.count - 1].since = since.map { Printable.line($0) }
            case "lock": kept.lock = Printable.line(words.dropFirst().joined(separator: " "))
            default: continue
            }
        }
        return kept
    }
}
