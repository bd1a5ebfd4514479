/// IP addresses, networks, and names of hosts, as text.
package enum HostAddress {
    /// A host's name in lower case, or its address without brackets.
    static func parse(_ text: String) throws(TextForm.Fault) -> String {
        var inner = text[...]
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        if isBracketed { inner = inner.dropFirst().dropLast() }
        if isIPv4(inner) || isIPv6(inner) { return inner.lowercased() }
        if isBracketed {
            throw TextForm.Fault("has brackets", hint: "write only the name; its MX records are never looked up")
        }
        // Whoever writes user:password@host here must not find it in an error.
        if text.contains("@") {
            throw TextForm.Fault(
                "is not a host name",
                hint: "put user name and password under `login`",
                isConcealed: true
            )
        }
        if let colon = text.lastIndex(of: ":"), !text.contains("://"), Int(text[text.index(after: colon)...]) != nil {
            throw TextForm.Fault(
                "has a port in it",
                hint: "write `port: \(text[text.index(after: colon)...].prefix(5))` next to it"
            )
        }
        return try DomainName.parse(text)
    }

    /// An address, or a network such as `192.0.2.0/24`.
    static func parseNetwork(_ text: String) throws(TextForm.Fault) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isFour = isIPv4(parts[0])
        guard isFour || isIPv6(parts[0]) else {
            throw TextForm.Fault(
                "is not an IP address",
                hint: "write the addresses themselves, names are not looked up"
            )
        }
        if parts.count == 1 { return text.lowercased() }
        guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(parts[1]), length <= (isFour ? 32 : 128)
        else { throw TextForm.Fault("is not a network", hint: "write it as `192.0.2.0/24`") }
        return text.lowercased()
    }

    package static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    return false
                }
                guard part.count == 1 || part.first != 0x30 else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }

    /// RFC 4291 §2.2, without zone.
    package static func isIPv6(_ text: some StringProtocol) -> Bool {
        guard text.utf8.count <= 45, text.utf8.contains(UInt8(ascii: ":")) else { return false }
        let halves = String(text).split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (number, part) in parts.enumerated() {
                if index == halves.count - 1, number == parts.count - 1, isIPv4(part) {
                    groups += 2
                    continue
                }
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0.isHexDigit }) else { return false }
                groups += 1
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
