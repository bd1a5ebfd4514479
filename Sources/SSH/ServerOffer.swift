/// What a server said before anything was encrypted: lines of text, its identification, and the algorithms it offers.
///
/// Read from the first bytes of a connection, so a failed negotiation is explained without a second one.
/// Source: RFC 4253, sections 4.2 (identification), 6 (packets), 7.1 (SSH_MSG_KEXINIT).
struct ServerOffer: Sendable, Equatable {
    /// Lines before the identification, which SSH allows and clients skip.
    var noise: [String] = []
    /// `SSH-2.0-…`, without its line end; `nil` when none came.
    var identification: String?
    var algorithms: Algorithms?

    init(overture: [UInt8]) {
        var rest = overture[...]
        while identification == nil, !rest.isEmpty {
            let line = rest.prefix { $0 != 10 }
            rest = rest.dropFirst(line.count + 1)
            let text = Self.printable(line.last == 13 ? line.dropLast() : line)
            if text.hasPrefix("SSH-") { identification = text } else if !text.isEmpty { noise.append(text) }
        }
        algorithms = Self.algorithms(in: rest)
    }

    /// A line as it may be shown: no control characters, which a terminal would obey.
    private static func printable(_ line: ArraySlice<UInt8>) -> String {
        line.prefix(500).map { (32...126).contains($0) ? String(UnicodeScalar($0)) : "\\\(String($0, radix: 16))" }
            .joined()
    }

    private static func algorithms(in bytes: ArraySlice<UInt8>) -> Algorithms? {
        var packet = Fields(bytes)
        guard packet.uint32() != nil, packet.byte() != nil, packet.byte() == 20, packet.bytes(16) != nil,
            let keyExchange = packet.names(), let hostKeys = packet.names(), let ciphers = packet.names(),
            packet.names() != nil, let macs = packet.names()
        else { return nil }
        return Algorithms(keyExchange: keyExchange, hostKeys: hostKeys, ciphers: ciphers, macs: macs)
    }

    /// The first kind of algorithm in which the two sides have nothing in common, as libssh2 and the server saw it.
    func gap(with offered: Algorithms) -> Gap? {
        guard let algorithms else { return nil }
        func gap(_ kind: Gap.Kind, _ theirs: [String], _ ours: [String]) -> Gap? {
            Set(theirs).isDisjoint(with: ours) ? Gap(kind: kind, theirs: theirs, ours: ours) : nil
        }
        if let gap = gap(.keyExchange, algorithms.keyExchange, offered.keyExchange)
            ?? gap(.hostKey, algorithms.hostKeys, offered.hostKeys)
            ?? gap(.cipher, algorithms.ciphers, offered.ciphers)
        {
            return gap
        }
        // A cipher that authenticates by itself needs no MAC, but libssh2 1.10 has none.
        return gap(.mac, algorithms.macs, offered.macs)
    }

    struct Gap: Sendable, Equatable {
        var kind: Kind
        var theirs: [String]
        var ours: [String]

        enum Kind: String, Sendable {
            case keyExchange = "key exchange"
            case hostKey = "host key"
            case cipher = "cipher"
            case mac = "MAC"
        }
    }
}
