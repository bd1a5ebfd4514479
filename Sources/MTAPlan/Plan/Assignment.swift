/// A host and the play that it is in.
package struct Assignment: Sendable, Equatable {
    package var host: InventoryHost
    package var play: Play
    /// The play's place in the playbook.
    package var index: Int

    /// The play with what the inventory says of this host alone.
    package var playOfHost: Play {
        var play = play
        play.extras = play.extras.overridden(by: host.extras)
        return play
    }

    /// The passwords that sections of mail servers ask for, in the play or in the inventory.
    package var secrets: [SecretReference] { playOfHost.extras.all.flatMap(\.logins).map(\.password) }

    /// What keeps hosts and plays from being put together.
    package struct Problem: Sendable, Hashable {
        /// Stable, as a finding's: `unknown-host`.
        package var id: String
        /// The play's place in the playbook; `nil` where it is not about one.
        package var play: Int?
        package var failure: Failure
    }

    /// The hosts of a playbook's plays that `limit` leaves, in the order of plays and of the inventory.
    ///
    /// - Throws: When a play's pattern is none or matches nothing, when a host is in two plays, and when no host is left.
    package static func all(
        of playbook: Playbook,
        in inventory: Inventory,
        limit: HostPattern?
    ) throws(Failures) -> [Assignment] {
        let (assignments, problems) = assigned(playbook, in: inventory, limit: limit)
        let failures = problems.map { problem in
            problem.play.map { problem.failure.at("play \"\(playbook.plays[$0].name)\"") } ?? problem.failure
        }
        if let failures = Failures(failures) { throw failures }
        return assignments
    }

    /// The same with all that is wrong: the one place that finds it, for a plan, which ends there, and for lint.
    package static func assigned(
        _ playbook: Playbook,
        in inventory: Inventory,
        limit: HostPattern?
    ) -> (assignments: [Assignment], problems: [Problem]) {
        var problems: [Problem] = []
        var assignments: [Assignment] = []
        var playOf: [String: Int] = [:]
        for (index, play) in playbook.plays.enumerated() {
            do throws(Failure) {
                let hosts = try HostPattern(play.hosts).hosts(in: inventory)
                if hosts.isEmpty { problems.append(Problem(id: "no-hosts", play: index, failure: .noHost(play))) }
                for (other, names) in Dictionary(grouping: hosts.map(\.name), by: { playOf[$0] }).sorted(by: inOrder) {
                    guard let other else { continue }
                    let failure = Failure.twoPlays(names, playbook.plays[other].name, play.name)
                    problems.append(Problem(id: "host-in-two-plays", play: index, failure: failure))
                }
                for host in hosts {
                    playOf[host.name] = index
                    assignments.append(Assignment(host: host, play: play, index: index))
                }
            } catch {
                problems.append(Problem(id: "unknown-host", play: index, failure: error))
            }
        }
        guard let limit else { return (assignments, problems) }
        do throws(Failure) {
            let left = Set(try limit.hosts(in: inventory).map(\.name))
            assignments.removeAll { !left.contains($0.host.name) }
            if assignments.isEmpty, problems.isEmpty { throw .nothingLeft(limit) }
        } catch {
            problems.append(Problem(id: "limit", play: nil, failure: error))
        }
        return (assignments, problems)
    }

    private static func inOrder(_ a: (key: Int?, value: [String]), _ b: (key: Int?, value: [String])) -> Bool {
        (a.key ?? -1) < (b.key ?? -1)
    }
}

extension Failure {
    fileprivate static func noHost(_ play: Play) -> Failure {
        Failure("the pattern `\(play.hosts)` matches no host of the inventory")
    }

    fileprivate static func twoPlays(_ hosts: [String], _ first: String, _ second: String) -> Failure {
        let host = hosts.first ?? ""
        return Failure(
            "\(host)\(hosts.count > 1 ? " and \(hosts.count - 1) more are" : " is") in two plays, \"\(first)\" and \"\(second)\"",
            hint: "exclude it from one with `!\(host)` in the play's `hosts`"
        )
    }

    /// That `--limit` matches no host of the playbook, or of what else there is.
    package static func nothingLeft(_ limit: HostPattern, of whole: String = "the playbook") -> Failure {
        Failure("`--limit \(limit.text)` matches no host of \(whole)")
    }
}
