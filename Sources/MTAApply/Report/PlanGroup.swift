internal import MTAPlan

/// Hosts on which the same changes, or that are left alone for the same reason.
struct PlanGroup {
    let key: Key
    private(set) var members: [(plan: SitePlan?, result: SiteRecord)]

    /// What hosts of a group have in common: the lines that change, not those around them.
    struct Key: Hashable {
        let server: String?
        let outcome: Outcome
        let changes: [Change]
        let commands: [String]
        let problem: String?

        init(_ result: SiteRecord) {
            server = result.server?.name
            outcome = result.outcome
            changes = result.edits.map(Change.init)
            commands = result.commands.map(\.shown)
            problem = result.reason
        }
    }

    /// An edit without what is around it.
    struct Change: Hashable {
        let name: String
        let verb: Edit.Verb
        let detail: String
        let lines: [Substring]

        init(_ edit: Edit) {
            (name, verb, detail) = (edit.name, edit.verb, edit.detail)
            lines = edit.diff.split(separator: "\n").filter { line in
                ["+", "-"].contains(line.prefix(1)) && !["+++ ", "--- "].contains(line.prefix(4))
            }
        }

        /// `edit /etc/postfix/main.cf +3 -1`.
        var stat: String {
            let counts = ["+", "-"].compactMap { sign in
                let count = lines.count { $0.hasPrefix(sign) }
                return count == 0 ? nil : " \(sign)\(count)"
            }
            return "\(verb.rawValue) \(name)" + counts.joined()
        }
    }

    /// In the order in which their first hosts come.
    static func all(of planned: [(plan: SitePlan?, result: SiteRecord)]) -> [PlanGroup] {
        var groups: [PlanGroup] = []
        var indices: [Key: Int] = [:]
        for member in planned {
            let key = Key(member.result)
            if let index = indices[key] {
                groups[index].members.append(member)
            } else {
                indices[key] = groups.count
                groups.append(PlanGroup(key: key, members: [member]))
            }
        }
        return groups
    }

    var hosts: [String] { members.map(\.result.host) }
    var first: SiteRecord { members[0].result }

    /// `mx[01:20] (20 hosts)  postfix 3.7.11, 3.10.13`.
    var heading: String {
        let count = members.count == 1 ? "" : "  (\(members.count) hosts)"
        let versions = members.compactMap(\.result.server?.version).distinct
        let server = key.server.map { "  " + ([$0] + [versions.joined(separator: ", ")]).joined(separator: " ") } ?? ""
        return HostRanges.words(hosts) + count + server
    }

    /// Each note once, with the hosts that it is for where it is not for all.
    var notes: [String] {
        let all = members.flatMap(\.result.notes).distinct
        return all.map { note in
            let hosts = members.filter { $0.result.notes.contains(note) }.map(\.result.host)
            return hosts.count == members.count ? "note: \(note)" : "note on \(HostRanges.words(hosts)): \(note)"
        }
    }

    /// Whether what is around the lines that change is the same on all.
    var hasOneContext: Bool {
        let diffs = first.edits.map(\.diff)
        return members.allSatisfy { $0.result.edits.map(\.diff) == diffs }
    }

    /// The test messages, as the first host sends them.
    var proof: [String] {
        guard !first.edits.isEmpty, let proof = members[0].plan?.proof else { return [] }
        let isOne = members.allSatisfy { $0.plan?.proof?.from == proof.from }
        let from = isOne ? proof.from : "\(proof.from), different on each host"
        return [
            "then test message \(from) → \(proof.to), within \(proof.patience) s at \(proof.route.words)"
        ] + proof.others.map { "and \($0.from) → \(proof.to), for \($0.way), at \($0.route.words)" }
    }
}

extension [String] {
    /// Each once, in order.
    fileprivate var distinct: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Command {
    /// Between backticks where a person can type it.
    ///
    /// A program of ours is shown by what it is for; `--json` has all of it.
    fileprivate var shown: String { purpose ?? "`\(self)`" }
}

extension ExpectedRoute {
    fileprivate var words: String {
        switch self {
        case .direct: "the recipient domain's own mail exchanger"
        case .via(let hosts, let port, let tls, let login):
            "\(hosts.joined(separator: " or ")):\(port), TLS \(tls.rawValue)\(login ? ", logged in" : "")"
        case .oneOf(let routes): routes.map(\.words).joined(separator: ", or ")
        }
    }
}
