extension Lint {
    /// What can be said about a playbook and an inventory together.
    mutating func checkHosts() {
        guard let inventory else { return }
        let (assignments, problems) = Assignment.assigned(playbook, in: inventory, limit: limit)
        for problem in problems {
            let path = problem.play.map { ["plays", String($0), "hosts"] } ?? []
            find(problem.id, .error, path, problem.failure.problem, hint: problem.failure.hint)
        }
        for (index, play) in playbook.plays.enumerated() {
            let path = ["plays", String(index), "hosts"]
            let hosts = assignments.filter { $0.index == index }.map(\.host)
            checkProblems(hosts, path)
            checkServers(hosts, play, path)
        }
        let plays = Set(assignments.map(\.host.name))
        if !file.says(["rollout", "waves"]), plays.count > 1 {
            find(
                "no-waves",
                .note,
                ["rollout"],
                "all \(plays.count) hosts are changed in one wave",
                hint: "write `rollout: {waves: [1, 10%, 100%]}`"
            )
        }
    }

    /// What keeps hosts from being used, and passwords that only Ansible can read; each once, with its hosts.
    private mutating func checkProblems(_ hosts: [InventoryHost], _ path: [String]) {
        let problems = hosts.flatMap { host in host.problems.map { (host: host.name, failure: $0) } }
        for failure in FailureSummary.ofHosts(problems) {
            let problem = "\(failure.place ?? "a host") cannot be used: \(failure.problem)"
            find("host-setting", .error, path, problem, hint: failure.hint)
        }
        let withheld = hosts.flatMap { host in
            host.neededAndWithheld.map { (host: host.name, failure: $0) }
        }
        for failure in FailureSummary.ofHosts(withheld) {
            let problem = "a password of \(failure.place ?? "a host") may be missing: \(failure.problem)"
            find("host-password", .warning, path, problem, hint: failure.hint)
        }
    }

    private mutating func checkServers(_ hosts: [InventoryHost], _ play: Play, _ path: [String]) {
        guard case .named(let mta) = play.mta else { return }
        for host in hosts {
            guard case .named(let other) = host.mta, other != mta else { continue }
            find(
                "other-server",
                .warning,
                path,
                "the play is for \(mta), and \(host.name) has \(other) by the inventory",
                hint: "exclude it with `:!`, or write `mta: auto`"
            )
        }
    }
}

extension InventoryHost {
    /// The reasons for which passwords are missing that this host may ask for.
    fileprivate var neededAndWithheld: [Failure] {
        let login = withheld[.login]
        let become = connection.become == .sudo ? withheld[.become] : nil
        return [login, become].compactMap(\.self)
    }
}
