/// Mail addresses as they may be in a playbook: a dot-atom, `@` and a domain (RFC 5321 §4.1.2).
package enum MailAddress {
    /// The address with its domain in lower case.
    static func parse(_ text: String) throws(TextForm.Fault) -> String {
        guard let at = text.lastIndex(of: "@") else {
            throw TextForm.Fault("is not an address, it has no `@`", hint: "write `NAME@DOMAIN`")
        }
        let local = text[..<at]
        try check(local: local)
        guard !local.contains("*") else {
            throw TextForm.Fault("has a `*` in it", hint: "write `@example.com` for a whole domain")
        }
        return "\(local)@" + (try DomainName.parse(String(text[text.index(after: at)...])))
    }

    /// An address, or only the part before the `@`.
    static func parseAddressOrLocalPart(_ text: String) throws(TextForm.Fault) -> String {
        if text.contains("@") { return try parse(text) }
        try check(local: text[...])
        guard !text.contains("*") else { throw TextForm.Fault("has a `*` in it") }
        return text
    }

    /// An address in which `*` stands for any run of characters, with its domain in lower case.
    static func parsePattern(_ text: String) throws(TextForm.Fault) -> String {
        guard let at = text.lastIndex(of: "@") else {
            throw TextForm.Fault(
                "is not an address, it has no `@`",
                hint: "write `NAME@DOMAIN`; `*` stands for any characters"
            )
        }
        let local = text[..<at]
        try check(local: local)
        let domain = text[text.index(after: at)...].lowercased()
        // With a letter in its place a domain with stars must still be a domain.
        _ = try DomainName.parse(domain.replacing("*", with: "x"))
        return "\(local)@\(domain)"
    }

    /// The domain in lower case and the part before it, from an address as it is in an envelope.
    package static func split(_ address: String) -> (local: String, domain: String)? {
        var text = address[...]
        if text.hasPrefix("<"), text.hasSuffix(">") { text = text.dropFirst().dropLast() }
        guard let at = text.lastIndex(of: "@") else { return nil }
        var domain = text[text.index(after: at)...].lowercased()
        if domain.hasSuffix(".") { domain.removeLast() }
        return (String(text[..<at]), domain)
    }

    private static func check(local: Substring) throws(TextForm.Fault) {
        guard !local.isEmpty else { throw TextForm.Fault("has nothing before the `@`") }
        guard local.utf8.count <= 64 else { throw TextForm.Fault("has more than 64 characters before the `@`") }
        guard local.utf8.allSatisfy({ isAtomText($0) || $0 == 0x2E }) else {
            throw TextForm.Fault(
                "has a character that addresses can only have in quotes",
                hint: "quoted addresses cannot be routed"
            )
        }
        guard !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..") else {
            throw TextForm.Fault("has a dot where an address cannot have one")
        }
    }

    /// RFC 5322 §3.2.3, atext.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
        }
    }
}

extension SenderPattern {
    /// `boss@example.com`, or `@example.com` for all of a domain.
    static func parse(_ text: String) throws(TextForm.Fault) -> SenderPattern {
        if text.isEmpty || text == "<>" {
            throw TextForm.Fault("is the empty sender", hint: "set its route under `bounces`")
        }
        if text.hasPrefix("*@") {
            throw TextForm.Fault("is not a sender", hint: "write `\(text.dropFirst())` for a whole domain")
        }
        if text.hasPrefix("@") { return .domain(try DomainName.parse(String(text.dropFirst()))) }
        guard text.contains("@") else {
            throw TextForm.Fault(
                "is not a sender, it has no `@`",
                hint: "write `\"@\(text.shortened)\"` for a whole domain"
            )
        }
        return .address(try MailAddress.parse(text))
    }
}

extension SenderPattern: CustomStringConvertible {
    /// As it is written in a playbook.
    package var description: String {
        switch self {
        case .address(let address): address
        case .domain(let domain): "@\(domain)"
        }
    }

    /// What mail servers compare by: they do not tell upper from lower case in the part before the `@` either.
    var folded: String { description.lowercased() }
}
