extension Trial {
    /// Plan, apply, letters, apply again, rollback.
    ///
    /// A host on which a step failed is left out of the next ones.
    func deliver() async throws -> Wrongs {
        let bench = try Workbench()
        let put = try bench.put(try LabPlaybook.text(of: scenario, conceding: concessions))
        let before = try await HostState.now(of: hosts)
        var wrongs = Wrongs()

        let planned = try await mtactl(["plan", put.playbook, "--detailed-exitcode"], on: hosts, put.environment)
        for host in hosts {
            wrongs.unless(planned.outcomes()[host] == "would-change", planned.found(on: host), on: host)
        }
        wrongs.compare(before, try await HostState.now(of: hosts), after: "plan")

        let applied = try await mtactl(["apply", put.playbook, "--yes", "-v"], on: hosts, put.environment)
        for host in hosts { wrongs.merge(try proof(on: host, in: applied)) }
        let changed = hosts.filter { applied.outcomes()[$0] == "committed" }
        guard !changed.isEmpty else { return wrongs }
        wrongs.merge(try await post(from: changed))
        wrongs.merge(try await again(put.playbook, on: changed, put.environment))

        let back = try await Lab.mtactl("rollback", "--yes", "-l", changed.joined(separator: ","))
        if back.status != 0 { for host in changed { wrongs.add("rollback: \(back)", on: host) } }
        wrongs.compare(before, try await HostState.now(of: changed), after: "rollback")
        wrongs.merge(try await oldRoute(of: changed))
        let left = try await leave(put.playbook, changed, put.environment)
        // Edited back, not put back.
        wrongs.compare(
            before.mapValues(\.withoutTimes),
            try await HostState.now(of: changed).mapValues(\.withoutTimes),
            after: "leave"
        )
        wrongs.merge(left)
        wrongs.merge(try await oldRoute(of: changed))
        for ended in [planned, applied, back] { wrongs.merge(secrets(in: ended)) }
        let right = planned.status == 2 && applied.status == 0
        if wrongs.rows.isEmpty, !right { wrongs.add("exit \(planned.status), \(applied.status)", on: hosts[0]) }
        return wrongs
    }

    /// Applied once more and left: nothing of mtactl is found on the hosts, and mail takes the old route.
    private func leave(_ playbook: String, _ hosts: [String], _ environment: [String: String]) async throws -> Wrongs {
        let applied = try await mtactl(["apply", playbook, "--yes"], on: hosts, environment)
        let left = try await mtactl(["leave", "--to", "b@remote.test", "--backups", "--yes"], on: hosts, [:])
        var wrongs = try await Wrongs.gathered(from: hosts) { host in
            let found = try await Lab.on(
                host,
                "find / -xdev -name '*mtactl*' ! -name 'mtactl-lab.*' 2>/dev/null; grep -rlI mtactl /etc 2>/dev/null || true"
            )
            return found.isEmpty ? [] : ["after leave: \(found)"]
        }
        for host in hosts {
            wrongs.unless(applied.outcomes()[host] == "committed", applied.found(on: host), on: host)
            wrongs.unless(left.outcomes()[host] == "committed", "leave: \(left.found(on: host))", on: host)
        }
        return wrongs
    }

    func mtactl(_ words: [String], on hosts: [String], _ environment: [String: String]) async throws -> Lab.Ended {
        try await Lab.mtactl(words + ["--json", "-l", hosts.joined(separator: ",")], environment: environment)
    }

    /// What is wrong with the way that the test message took.
    private func proof(on host: String, in applied: Lab.Ended) throws -> Wrongs {
        var wrongs = Wrongs()
        let result = applied.hosts()[host] ?? [:]
        let verification = result["verification"] as? [String: Any] ?? [:]
        guard result["outcome"] as? String == "committed", verification["status"] as? String == "delivered" else {
            wrongs.add(applied.found(on: host), on: host)
            return wrongs
        }
        let id = verification["messageId"] as? String ?? "none"
        let arrived = try Recorded.all().filter { $0.event == "message" && $0.messageId?.contains(id) == true }
        wrongs.unless(arrived.map(\.way) == [smarthost], "the test message went \(arrived.map(\.way))", on: host)
        let version = result["version"] as? String ?? ""
        let expected = LabServer.of(host)?.hosts[host] ?? ""
        wrongs.unless(version.hasPrefix(expected), "runs version \(version)", on: host)
        return wrongs
    }

    private func post(from hosts: [String]) async throws -> Wrongs {
        try await Wrongs.gathered(from: hosts) { host in
            guard let server = LabServer.of(host) else { return [] }
            return try await Letter.wrongs(of: scenario.letters(for: server, conceding: concessions), on: host)
        }
    }

    /// A second run plans nothing, changes nothing and reloads nothing.
    private func again(_ playbook: String, on hosts: [String], _ environment: [String: String]) async throws -> Wrongs {
        let before = try await (HostState.now(of: hosts), reloads(of: hosts))
        let applied = try await mtactl(["apply", playbook, "--yes"], on: hosts, environment)
        let after = try await (HostState.now(of: hosts), reloads(of: hosts))
        var wrongs = Wrongs()
        for host in hosts {
            wrongs.unless(applied.outcomes()[host] == "as-asked", applied.found(on: host), on: host)
            wrongs.unless(before.1[host] == after.1[host], "the second run reloaded it", on: host)
        }
        wrongs.compare(before.0, after.0, after: "the second run")
        return wrongs
    }

    private func reloads(of hosts: [String]) async throws -> [String: String] {
        try await gathered(from: hosts) { host in
            let count = try await Lab.on(host, LabServer.of(host)?.reloads ?? "exit 1")
            guard count.contains(where: \.isNumber) else { throw LabFailure(text: "\(host): reloads: `\(count)`") }
            return count
        }
    }

    func oldRoute(of hosts: [String]) async throws -> Wrongs {
        try await Wrongs.gathered(from: hosts) { host in
            if let server = LabServer.of(host), server.discardsLater {
                try await Lab.on(host, "\(server.flush); sleep 2")
            }
            var wrongs = try await Letter.wrongs(
                of: [Letter(from: "old@example.com", to: "b@remote.test", way: .internet)],
                on: host
            )
            let queued = try await Lab.on(host, LabServer.of(host)?.queued ?? "exit 1")
            if !queued.hasPrefix("0") { wrongs.append("messages in the queue: \(queued)") }
            return wrongs
        }
    }

    func secrets(in ended: Lab.Ended) -> Wrongs {
        var wrongs = Wrongs()
        for secret in LabPlaybook.secrets.values.sorted() + ["secret of boss", "secret of example.org"] {
            let isSaid = ended.output.contains(secret) || ended.errors.contains(secret)
            wrongs.unless(!isSaid, "`\(secret)` is in what mtactl says", on: hosts[0])
        }
        return wrongs
    }
}

extension Wrongs {
    static func gathered(
        from hosts: [String],
        _ find: @escaping @Sendable (String) async throws -> [String]
    ) async throws -> Wrongs {
        var wrongs = Wrongs()
        for (host, rows) in try await LabTests.gathered(from: hosts, find) {
            for row in rows { wrongs.add(row, on: host) }
        }
        return wrongs
    }
}

/// What is to be had from each host, asked of all at the same time.
func gathered<Found: Sendable>(
    from hosts: [String],
    _ find: @escaping @Sendable (String) async throws -> Found
) async throws -> [String: Found] {
    try await withThrowingTaskGroup(of: (String, Found).self) { group in
        for host in hosts { group.addTask { (host, try await find(host)) } }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
}

extension Lab.Ended {
    /// What happened to a host, in a line.
    func found(on host: String) -> String {
        guard let result = hosts()[host] else { return "exit \(status): \(errors)" }
        let outcome = result["outcome"] as? String ?? ""
        return
            "\(outcome): \(said("reason", of: host)); hint: \(said("hint", of: host)); \(result["verification"] ?? "")"
    }
}
