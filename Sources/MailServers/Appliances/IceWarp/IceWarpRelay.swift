import MTAPlan

/// The relay server as IceWarp has it: `[user[@domain]:password@]host[:port]`, several joined by `;` and tried in order.
///
/// The last `@` ends the login. There is no way to write `;`, `:`, `@` or a blank into a password, and the password is
/// given back in clear text.
///
/// Source: docs.icewarp.com, "Delivery".
struct IceWarpRelay {
    private let servers: [ArraySlice<UInt8>]

    /// `found`: What `tool.sh` prints of it.
    init(found: ArraySlice<UInt8>) {
        servers = found.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    }

    init(found: String) { self.init(found: Array(found.utf8)[...]) }

    var isEmpty: Bool { servers.allSatisfy(\.isEmpty) }

    /// The user name of the first login.
    var user: String? { servers.lazy.compactMap { Self.login($0)?.user.text }.first.map(\.escaped) }

    /// Whether there may be a password in it.
    var hasLogin: Bool { servers.contains { Self.login($0) != nil } }

    /// With `[secret]` in the place of each password.
    var masked: String {
        let bytes = servers.map(Self.masked).joined(separator: [UInt8(ascii: ";")])
        return String(decoding: Array(bytes), as: UTF8.self).escaped
    }

    private static func masked(_ server: ArraySlice<UInt8>) -> [UInt8] {
        guard let login = login(server) else { return Array(server) }
        guard login.hasPassword else { return Array("[secret]".utf8) + server[login.end...] }
        return Array(login.user) + Array(":[secret]".utf8) + server[login.end...]
    }

    private static func login(
        _ server: ArraySlice<UInt8>
    ) -> (user: ArraySlice<UInt8>, hasPassword: Bool, end: Int)? {
        guard let end = server.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let user = server[..<end].prefix { $0 != UInt8(ascii: ":") }
        // What has no colon may be anything, a password too.
        return (user, user.endIndex < end, end)
    }

    static func content(for smarthost: Smarthost) -> Content {
        var pieces: [Content.Piece] = []
        for (number, host) in smarthost.hosts.enumerated() {
            if number > 0 { pieces.append(.bytes(Array(";".utf8))) }
            if let login = smarthost.login {
                pieces.append(.bytes(Array("\(login.username):".utf8)))
                pieces.append(.secret(login.password, .plain))
                pieces.append(.bytes(Array("@".utf8)))
            }
            pieces.append(.bytes(Array("\(host):\(smarthost.port)".utf8)))
        }
        return Content(pieces)
    }

    // MARK: What it cannot hold

    /// - Throws: Where the smarthost cannot be written so, or is to be protected in a way that IceWarp does not know.
    static func check(_ smarthost: Smarthost, secrets: Secrets) throws(Failure) {
        switch smarthost.tls {
        case .required, .verified:
            throw .noSuchTLS(
                "icewarp",
                smarthost,
                why: "it encrypts where the smarthost offers it, and sends in clear text where it does not",
                hint: "write `tls: opportunistic` if mail and login may then cross the network in clear text"
            )
        case .opportunistic where smarthost.port == 465:
            throw .noTLSFromTheStart(smarthost)
        case .opportunistic, .none: break
        }
        if smarthost.hosts.contains(where: { $0.contains(":") }) { throw .noAddress(smarthost.name) }
        guard let login = smarthost.login else { return }
        let user = Array(login.username.utf8)
        let isDomain = user.filter { $0 == UInt8(ascii: "@") }.count < 2
        if user.isEmpty || !isDomain || user.contains(where: { $0 != UInt8(ascii: "@") && isLost($0) }) {
            throw .unfitUser(login)
        }
        let password = try secrets.value(of: login.password).reveal()
        if password.isEmpty || password.contains(where: isLost) { throw .unfitPassword(login) }
    }

    /// How other bytes than visible ASCII are kept and sent is not documented.
    private static func isLost(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x7F || ";:@".utf8.contains(byte) }
}

extension Failure {
    fileprivate static func noTLSFromTheStart(_ smarthost: Smarthost) -> Failure {
        Failure(
            "`\(smarthost.name)` has port 465, which expects TLS from the first byte; that icewarp can do that is not documented",
            hint: "give the port on which the smarthost offers STARTTLS, usually 587"
        )
    }

    fileprivate static func noAddress(_ name: String) -> Failure {
        Failure(
            "icewarp treats what follows a `:` as the port, so the IPv6 address of `\(name)` cannot be its relay server",
            hint: "give the smarthost's name"
        )
    }

    fileprivate static func unfitUser(_ login: Login) -> Failure {
        Failure(
            "icewarp cannot store the user name `\(login.username.escaped)`: it is empty, or has a `;`, a `:`, a space, a non-ASCII character or a second `@`",
            hint: "ask the smarthost's operator for another user name"
        )
    }

    fileprivate static func unfitPassword(_ login: Login) -> Failure {
        Failure(
            "icewarp cannot store the password of `\(login.username.escaped)` (\(login.password)): it is empty, or has a `;`, a `:`, an `@`, a space or a non-ASCII character",
            hint: "have the password changed to one without these characters"
        )
    }
}
