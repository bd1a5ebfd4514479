/// Many failures in few words, for fleets in which a thousand hosts have one and the same.
package enum FailureSummary {
    /// Of each kind the first few, the last of them with the number of those that are left out.
    ///
    /// Of a kind are those that differ in their places and in what is between backquotes only.
    package static func ofKinds(_ failures: [Failure], most: Int = 3) -> [Failure] {
        let kinds = failures.map { kind($0) }
        let counts = Dictionary(grouping: kinds) { $0 }.mapValues(\.count)
        var said: [String: Int] = [:]
        return zip(failures, kinds).compactMap { failure, kind in
            let number = said[kind, default: 0] + 1
            said[kind] = number
            guard number <= most else { return nil }
            let others = (counts[kind] ?? 0) - most
            guard number == most, others > 0 else { return failure }
            return Failure("\(failure.problem) (and \(others) more like this)", hint: failure.hint, at: failure.place)
        }
    }

    private static func kind(_ failure: Failure) -> String {
        let parts = failure.problem.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined(separator: "`")
    }

    /// Hosts with the same failure together, in the order of the first of them.
    package static func ofHosts(_ failures: [(host: String, failure: Failure)]) -> [Failure] {
        var order: [Failure] = []
        var hosts: [Failure: [String]] = [:]
        for (host, failure) in failures {
            if hosts[failure] == nil { order.append(failure) }
            hosts[failure, default: []].append(host)
        }
        return order.map { failure in
            let names = hosts[failure] ?? []
            let place = failure.place.flatMap { names.count == 1 && names[0] == $0 ? nil : "\($0): " } ?? ""
            return Failure(place + failure.problem, hint: failure.hint, at: Self.names(names))
        }
    }

    private static func names(_ hosts: [String]) -> String {
        guard hosts.count > 4 else { return hosts.joined(separator: ", ") }
        return "\(hosts.prefix(3).joined(separator: ", ")) and \(hosts.count - 3) more (\(hosts.count) hosts)"
    }
}
