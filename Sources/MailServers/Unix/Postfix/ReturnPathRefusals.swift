import MTAPlan

/// What keeps Postfix from rewriting return paths as asked.
///
/// It rewrites as mail comes in and routes by the new sender, so a sender whose own route is another one than the
/// new sender's would lose it: canonical(5), qmgr(8).
struct ReturnPathRefusals {
    let routes: Routes
    let host: PostfixHost

    func check() throws(Failure) {
        guard let rewrite = routes.returnPath else { return }
        guard host.lines("postfix.types").contains("regexp") else { throw .noRegexp }
        let classes = host.main.value(of: "sender_canonical_classes").map(MapList.texts) ?? []
        let foreign = host.foreignTables("sender_canonical_maps")
        if !classes.isEmpty, classes != ["envelope_sender"] { throw .classes(classes) }
        if classes.isEmpty, let table = foreign.first { throw .headers(table) }
        let wanted = route(of: rewrite.to)
        for pattern in rewrite.senders {
            if let other = candidates(pattern).first(where: { $0.route != wanted }) {
                throw .otherRoute(pattern, other.name, rewrite.to)
            }
        }
    }

    /// A route with all that makes it another one.
    private enum Way: Hashable {
        case row(Route, Login?)
        case file(SendersFile)
    }

    private struct Candidate {
        var name: String
        var route: Way
    }

    /// The routes that some address with this pattern takes.
    private func candidates(_ pattern: String) -> [Candidate] {
        let glob = AddressGlob(pattern)
        if glob.isExact { return [Candidate(name: pattern, route: route(of: pattern))] }
        let domain = AddressGlob(pattern.split(separator: "@", omittingEmptySubsequences: false).last ?? "*")
        let rows = routes.senders.filter { row in
            switch row.sender {
            case .address(let address): glob.matches(address)
            case .domain(let name): domain.matches(name)
            }
        }
        var result = rows.map { Candidate(name: $0.sender.key, route: .row($0.route, $0.login)) }
        if let file = routes.sendersFile {
            result += listed.filter { glob.matches($0) || ($0.hasPrefix("@") && domain.matches($0.dropFirst())) }
                .map { Candidate(name: $0, route: .file(file)) }
        }
        let isCovered =
            domain.isExact && rows.contains { $0.sender.key == "@" + (pattern.split(separator: "@").last ?? "") }
        return isCovered ? result : result + [Candidate(name: pattern, route: .row(routes.defaultRoute, nil))]
    }

    /// As Postfix looks a sender up: the address in each table, then the domain in each.
    private func route(of address: String) -> Way {
        let address = address.lowercased()
        for key in [address, "@" + (address.split(separator: "@").last ?? "")] {
            if let row = routes.senders.first(where: { $0.sender.key.lowercased() == key }) {
                return .row(row.route, row.login)
            }
            if let file = routes.sendersFile, listed.contains(key) { return .file(file) }
        }
        return .row(routes.defaultRoute, nil)
    }

    private var listed: [String] {
        guard let path = routes.sendersFile?.path, let file = host.facts.file(path) else { return [] }
        return PostfixTable.rows(file.bytes).map(\.key)
    }
}

extension Failure {
    fileprivate static let noRegexp = Failure(
        "this Postfix has no `regexp` tables",
        hint: "remove `rewrite-return-path`, or install a Postfix that has them"
    )
    fileprivate static func classes(_ classes: [String]) -> Failure {
        Failure(
            "`sender_canonical_classes` is `\(classes.joined(separator: ", ").escaped)`, so headers would be rewritten too",
            hint: "set it to `envelope_sender` on the host, or remove `rewrite-return-path`"
        )
    }
    fileprivate static func headers(_ table: String) -> Failure {
        Failure(
            "sender_canonical_maps has `\(table.escaped)`, which also rewrites headers, and one list cannot do both",
            hint:
                "set `sender_canonical_classes = envelope_sender` on the host if you want that, or remove `rewrite-return-path`"
        )
    }
    fileprivate static func otherRoute(_ pattern: String, _ row: String, _ to: String) -> Failure {
        Failure(
            "senders like `\(pattern.escaped)` would take the route of `\(to.escaped)` instead of their own (`\(row.escaped)`), "
                + "as Postfix rewrites before it routes",
            hint: "give `\(to.escaped)` and `\(row.escaped)` the same route under `senders`"
        )
    }
}
