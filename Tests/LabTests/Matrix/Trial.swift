/// Hosts that are given the same playbook at the same time.
struct Trial: Sendable {
    var scenario: Scenario
    var concessions: [Concession]
    var hosts: [String]

    /// The servers that do a scenario, those with the same concessions together.
    static func delivering(_ scenario: Scenario, _ servers: [LabServer]) throws -> [Trial] {
        let able = servers.filter { $0.does.contains(scenario.number) }
        return try trials(scenario, able) { try needed(of: $0.concessions, for: scenario) }
    }

    /// The servers that refuse it, and those that do it with concessions alone as long as these are not made.
    static func refusing(_ scenario: Scenario, _ servers: [LabServer]) throws -> [Trial] {
        let unable = servers.filter { !$0.does.contains(scenario.number) }
        let conceded = try servers.filter {
            try $0.does.contains(scenario.number) && !needed(of: $0.concessions, for: scenario).isEmpty
        }
        return try trials(scenario, unable) { try needed(of: $0.concessions, for: scenario) }
            + trials(scenario, conceded) { _ in [] }
    }

    private static func trials(
        _ scenario: Scenario,
        _ servers: [LabServer],
        conceding: (LabServer) throws -> [Concession]
    ) rethrows -> [Trial] {
        var trials: [Trial] = []
        for server in servers {
            let concessions = try conceding(server)
            let place = trials.firstIndex { $0.concessions == concessions } ?? trials.endIndex
            if place == trials.endIndex {
                trials.append(Trial(scenario: scenario, concessions: concessions, hosts: []))
            }
            trials[place].hosts += server.hosts.keys.sorted()
        }
        return trials
    }

    /// The concessions that change anything in the scenario's playbook.
    static func needed(of concessions: [Concession], for scenario: Scenario) throws -> [Concession] {
        let asked = try LabPlaybook.text(of: scenario)
        return try concessions.filter { try LabPlaybook.text(of: scenario, conceding: [$0]) != asked }
    }

    /// The way of all that takes the smarthost.
    var smarthost: Letter.Way { concessions.reduce(scenario.smarthost) { $1.turn($0) } }
}

/// What was not as it has to be, by host.
struct Wrongs: Sendable {
    private(set) var byHost: [String: [String]] = [:]

    mutating func add(_ words: String, on host: String) { byHost[host, default: []].append(words) }

    mutating func unless(_ isRight: Bool, _ words: @autoclosure () -> String, on host: String) {
        if !isRight { add(words(), on: host) }
    }

    mutating func merge(_ other: Wrongs) { byHost.merge(other.byHost) { $0 + $1 } }

    /// One row each.
    var rows: [String] { byHost.sorted { $0.key < $1.key }.flatMap { host, words in words.map { "\(host): \($0)" } } }
}

extension Wrongs {
    /// Expects as little as before on each host.
    mutating func compare(_ before: [String: HostState], _ after: [String: HostState], after action: String) {
        for (host, state) in after {
            let rows = state.files.symmetricDifference(before[host]?.files ?? []).sorted()
            unless(rows.isEmpty, "\(action) changed: \(rows.joined(separator: "; "))", on: host)
        }
    }
}
