package import MTAPlan

/// How the Smart host tab is kept, from what the registry has after each of a few things that a person does on it.
///
/// The values are told by what was typed, and the boxes by when they change: a number that the console raises with each OK
/// changes each time and is none of them.
package struct MailEnableDiscovery: Sendable {
    /// What is to be done on the tab, in this order, each ended with OK.
    package enum Step: Sendable, CaseIterable {
        case off, address, login, offAgain

        /// In the words of what is asked for.
        package var words: [String] {
            switch self {
            case .off:
                ["untick `Smart host enabled` and `requires authentication`, and press OK"]
            case .address:
                [
                    "tick `Smart host enabled`, type \(MailEnableDiscovery.host) as the host and \(MailEnableDiscovery.port) as the port,",
                    "leave `requires authentication` unticked, and press OK",
                ]
            case .login:
                [
                    "tick `requires authentication`, type \(MailEnableDiscovery.user) as the user name",
                    "and \(MailEnableDiscovery.password) as the password, and press OK",
                ]
            case .offAgain:
                ["untick both again, and press OK"]
            }
        }
    }

    package static let host = "discovery.mtactl.invalid"
    package static let port = "2599"
    package static let user = "discovery-user"
    package static let password = "discovery-password"

    private typealias Rows = [String: MailEnableSite.Row]
    private var seen: [Rows] = []

    package init() {}

    /// What the registry has after the next step.
    package mutating func add(_ site: MailEnableSite) { seen.append(site.rows) }

    /// - Precondition: Each step has been taken.
    ///
    /// - Throws: Where a field is not found, or more than one value may be it.
    package func profile(version: String?) throws(Failure) -> MailEnableProfile {
        precondition(seen.count == Step.allCases.count, "a step was left out")
        let (off, address, login, again) = (seen[0], seen[1], seen[2], seen[3])
        var values: [MailEnableProfile.Field: MailEnableProfile.Value] = [:]
        values[.host] = try typed(Self.host, in: address, "the host")
        values[.port] = try typed(Self.port, in: address, "the port")
        values[.user] = try typed(Self.user, in: login, "the user name")
        let names = Set(values.values.map(\.name))
        // In a form of its own it is not found, and then cannot be written.
        let passwords = login.values.filter { $0.text == Self.password && $0.kind == "String" }
        if passwords.count == 1 { values[.password] = MailEnableProfile.Value(name: passwords[0].name, kind: "String") }
        let others = names.union(passwords.map(\.name))
        values[.enabled] = try box("`Smart host enabled`", besides: others, off, address, again) { name in
            off[name] != address[name] && address[name] == login[name]
        }
        let known = others.union([values[.enabled]?.name ?? ""])
        values[.authenticate] = try box("`requires authentication`", besides: known, address, login, again) { name in
            (off[name] ?? address[name]) == address[name] && address[name] != login[name]
        }
        return MailEnableProfile(version: version ?? "", values: values)
    }

    private func typed(_ text: String, in rows: Rows, _ what: String) throws(Failure) -> MailEnableProfile.Value {
        let found = rows.values.filter { $0.text == text && ["String", "DWord"].contains($0.kind) }
        guard found.count == 1 else { throw .notFound(what, found.map(\.name)) }
        return MailEnableProfile.Value(name: found[0].name, kind: found[0].kind)
    }

    /// A value that is one thing without the tick, before and afterwards, and another with it.
    private func box(
        _ what: String,
        besides known: Set<String>,
        _ without: Rows,
        _ with: Rows,
        _ again: Rows,
        where changes: (String) -> Bool
    ) throws(Failure) -> MailEnableProfile.Value {
        let found = with.values.filter { row in
            guard !known.contains(row.name), changes(row.name), ["String", "DWord"].contains(row.kind),
                let off = again[row.name], off.kind == row.kind, off.text != row.text
            else { return false }
            return (without[row.name] ?? off) == off
        }
        guard found.count == 1, let on = found[0].text, let off = again[found[0].name]?.text else {
            throw .notFound(what, found.map(\.name))
        }
        return MailEnableProfile.Value(name: found[0].name, kind: found[0].kind, on: on, off: off)
    }
}

extension Failure {
    fileprivate static func notFound(_ what: String, _ names: [String]) -> Failure {
        guard !names.isEmpty else {
            return Failure(
                "no value of the registry changed as \(what) did",
                hint: "was OK pressed each time, and everything typed as requested? start again"
            )
        }
        let shown = names.sorted().map { "`\(Printable.word($0))`" }.joined(separator: ", ")
        return Failure(
            "more than one value of the registry changed as \(what) did: \(shown)",
            hint: "start again, and change nothing else in the meantime"
        )
    }
}
