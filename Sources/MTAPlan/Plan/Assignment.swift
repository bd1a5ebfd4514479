/// A host and the play that it is in.
package struct Assignment: Sendable, Equatable {
    package var host: InventoryHost
    package var play: Play

    /// The play with what the inventory says of this host alone.
    package var playOfHost: Play {
        var play = play
        play.extras = play.extras.overridden(by: host.extras)
        return play
    }

    /// The hosts of a playbook's plays that `limit` leaves, in the order of plays and of the inventory.
    ///
    /// - Throws: When a play's pattern is none or matches nothing, when a host is in two plays, and when no host is left.
    package static func all(
        of playbook: Playbook,
        in inventory: Inventory,
        limit: HostPattern?
    ) throws(Failures) -> [Assignment] {
        var failures: [Failure] = []
        var assignments: [Assignment] = []
        var playOf: [String: String] = [:]
        for play in playbook.plays {
            do throws(Failure) {
                let hosts = try HostPattern(play.hosts).hosts(in: inventory)
                if hosts.isEmpty { throw .noHost(play) }
                for host in hosts {
                    if let other = playOf.updateValue(play.name, forKey: host.name) {
                        failures.append(.twoPlays(host.name, other, play.name))
                    }
                    assignments.append(Assignment(host: host, play: play))
                }
            } catch {
                failures.append(error.at("play \"\(play.name)\""))
            }
        }
        if let limit {
            do throws(Failure) {
                let left = Set(try limit.hosts(in: inventory).map(\.name))
                assignments.removeAll { !left.contains($0.host.name) }
                if assignments.isEmpty, failures.isEmpty { throw .nothingLeft(limit) }
            } catch {
                failures.append(error)
            }
        }
        if let failures = Failures(failures) { throw failures }
        return assignments
    }
}

extension Failure {
    fileprivate static func noHost(_ play: Play) -> Failure {
        Failure("the pattern `\(play.hosts)` matches no host of the inventory")
    }

    fileprivate static func twoPlays(_ host: String, _ first: String, _ second: String) -> Failure {
        Failure(
            "\(host) is in two plays, \"\(first)\" and \"\(second)\"",
            hint: "leave it out of one with `!\(host)` in the play's `hosts`"
        )
    }

    fileprivate static func nothingLeft(_ limit: HostPattern) -> Failure {
        Failure("`--limit \(limit.text)` leaves no host of the playbook")
    }
}
