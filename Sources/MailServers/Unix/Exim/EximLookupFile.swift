import MTAPlan

/// A lookup file that is ours: it is rewritten as a whole.
struct EximLookupFile: Sendable {
    enum Name: String, Sendable, CaseIterable {
        case logins = "mtactl_logins"
        case recipients = "mtactl_recipients"
        case senders = "mtactl_senders"
        case returnPath = "mtactl_return_path"
    }

    var name: Name
    var path: String
    var content: Content
    var wanted: FileChange.Wanted
    var kind: FileChange.Kind { name.kind }
}

extension EximLookupFile.Name {
    var kind: FileChange.Kind { self == .logins ? .secret : .table }

    /// The first line of each file, which says what it is.
    var header: String {
        let what =
            switch self {
            case .logins: "logins by transport, and by sender"
            case .recipients: "ways by recipient domain; the first row that fits counts"
            case .senders: "ways by sender"
            case .returnPath: "envelope senders that are replaced on the way to a smarthost"
            }
        return "# Written by mtactl and overwritten by it: \(what)"
    }
}

extension EximBlocks {
    /// The files that the routers, transports and authenticators look things up in.
    ///
    /// `rootGroup`: root's own group, `wheel` on FreeBSD.
    func files(rootGroup: String = "root") -> [EximLookupFile] {
        let file = { (name: EximLookupFile.Name, rows: [[Content.Piece]]) -> [EximLookupFile] in
            if rows.isEmpty { return [] }
            let lines = [[.bytes(Array(name.header.utf8))]] + rows
            let content = Content(lines.flatMap { $0 + [.bytes([0x0A])] }.joinedBytes)
            let wanted: FileChange.Wanted =
                switch (name, site.reader) {
                case (.logins, let reader?):
                    .file(content, mode: FileMode(rawValue: 0o400), owner: reader, group: rootGroup)
                case (.logins, nil):
                    .file(content, mode: FileMode(rawValue: 0o640), owner: "root", group: site.group)
                default: .file(content, mode: FileMode(rawValue: 0o644), owner: "root", group: rootGroup)
                }
            return [EximLookupFile(name: name, path: site.file(name), content: content, wanted: wanted)]
        }
        let text = { (line: String) -> [Content.Piece] in [.bytes(Array(line.utf8))] }
        return file(.logins, logins.map(row))
            + file(.recipients, recipientRows.map(text))
            + file(.senders, routes.senders.map { text("\($0.sender.eximKey): \(way(of: $0.route, $0.login))") })
            + file(.returnPath, returnPathRows.map(text))
    }

    private func row(_ key: String, _ login: Login) -> [Content.Piece] {
        [
            .bytes(Array("\(key): user=\(Content.Encoding.quoted.text(login.username)) pass=".utf8)),
            .secret(login.password, .quoted),
        ]
    }

    /// Exact domains first, then the subdomains of the longest.
    private var recipientRows: [String] {
        let rows = routes.recipients.map { ($0.domain, way(of: $0.route, nil)) }
        let exact = rows.compactMap { if case .exactly(let name) = $0.0 { "\(name): \($0.1)" } else { nil } }
        let below = rows.compactMap { domain, way -> (name: String, way: String)? in
            if case .subdomains(let name) = domain { (name, way) } else { nil }
        }
        let labels = { (name: String) in name.split(separator: ".").count }
        return exact
            + below.enumerated().sorted { a, b in
                (labels(b.element.name), a.offset) < (labels(a.element.name), b.offset)
            }.map { "*.\($0.element.name): \($0.element.way)" }
    }

    /// A regular expression for each sender: nwildlsearch matches without regard to case.
    private var returnPathRows: [String] {
        guard let rewrite = routes.returnPath else { return [] }
        return rewrite.senders.map { "^\(Self.pattern($0))$: \(rewrite.to)" }
    }

    private static func pattern(_ address: String) -> String {
        // As PCRE reads it: a mark behind a dot does not make it another sign.
        address.unicodeScalars.map { character in
            switch character {
            case "*": ".*"
            case "\\", "/", ".", "[", "]", "(", ")", "{", "}", "+", "?", "^", "$", "|": "\\\(character)"
            default: String(character)
            }
        }.joined()
    }

    private func way(of route: Route, _ login: Login?) -> String {
        guard case .via(let smarthost) = route else { return "direct" }
        return EximService(smarthost: smarthost, logins: login == nil ? .smarthost : .senders).way
    }
}

extension SenderPattern {
    /// As `lsearch*@` looks senders up.
    fileprivate var eximKey: String {
        switch self {
        // At the beginning of a line it would make a comment of it.
        case .address(let address): address.hasPrefix("#") ? "\"\(address)\"" : address
        case .domain(let domain): "*@\(domain)"
        }
    }
}

extension [Content.Piece] {
    /// The same with runs of bytes in one piece each.
    fileprivate var joinedBytes: [Content.Piece] {
        reduce(into: []) { pieces, piece in
            if case .bytes(let more) = piece, case .bytes(let bytes)? = pieces.last {
                pieces[pieces.count - 1] = .bytes(bytes + more)
            } else {
                pieces.append(piece)
            }
        }
    }
}
