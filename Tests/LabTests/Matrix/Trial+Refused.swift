extension Trial {
    /// Plans and applies, and expects a refusal with a hint from each host, which stays as it was.
    ///
    /// - Returns: What was wrong, and the refusals.
    func refuse() async throws -> (Wrongs, [String: Cell.Refusal]) {
        let bench = try Workbench()
        let put = try bench.put(try LabPlaybook.text(of: scenario, conceding: concessions))
        let before = try await HostState.now(of: hosts)
        var wrongs = Wrongs()
        var refusals: [String: Cell.Refusal] = [:]

        for words in [["plan", put.playbook, "--detailed-exitcode"], ["apply", put.playbook, "--yes"]] {
            let ended = try await mtactl(words, on: hosts, put.environment)
            for host in hosts {
                let refusal = Cell.Refusal(reason: ended.said("reason", of: host), hint: ended.said("hint", of: host))
                let isRight =
                    ended.outcomes()[host] == "refused" && ended.status == 1
                    && !refusal.reason.isEmpty && !refusal.hint.isEmpty
                wrongs.unless(isRight, "\(words[0]): exit \(ended.status), \(ended.found(on: host))", on: host)
                refusals[host] = refusal
            }
            wrongs.merge(secrets(in: ended))
        }
        wrongs.compare(before, try await HostState.now(of: hosts), after: "a refused run")
        return (wrongs, refusals)
    }
}
