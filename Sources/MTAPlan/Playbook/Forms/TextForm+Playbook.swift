/// The kinds of text that playbooks and inventories are made of.
extension TextForm {
    package static let hostName = parsed("a host name or IP address", by: HostAddress.parse)
    static let address = parsed("a mail address", pattern: #"^[^@\s]+@[^@\s]+$"#, by: MailAddress.parse)
    static let addressPattern = parsed(
        "a mail address, optionally with `*`",
        pattern: #"^[^@\s]+@[^@\s]+$"#,
        by: MailAddress.parsePattern
    )
    static let localPartOrAddress = parsed(
        "a mail address, or a user of the host",
        pattern: #"^\S+$"#,
        by: MailAddress.parseAddressOrLocalPart
    )
    static let network = parsed(
        "an IP address or network",
        pattern: #"^[0-9A-Fa-f.:]+(/[0-9]+)?$"#,
        by: HostAddress.parseNetwork
    )
    static let recipientDomain = parsed(
        "a domain, or `.domain` for its subdomains",
        pattern: #"^[^@*\s]+$"#,
        by: DomainPattern.parse
    )
    static let sender = parsed("an address, or `@domain`", pattern: #"^[^@\s]*@[^@\s]+$"#, by: SenderPattern.parse)
    static let duration = parsed(
        "a duration such as `90s`, `2m` or `1h30m`",
        pattern: #"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"#,
        by: DurationText.parse
    )
    static let percentage = parsed("a percentage", pattern: "^[0-9]{1,3}%$", by: RolloutPolicy.Amount.parsePercentage)
    package static let secret = parsed(
        "a reference to a password",
        pattern: "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|command:.+|prompt:.*)$",
        isSecret: true
    ) { text throws(Fault) in try SecretReference.parse(text) }

    static let smarthostName = TextForm("a name of letters, digits, `-` and `_`", pattern: "^[A-Za-z0-9_-]{1,64}$") {
        text in
        if text == "direct" {
            return Fault("is reserved for mail that takes no smarthost", hint: "choose another name")
        }
        guard text.utf8.count <= 64, text.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x5F || isLetterOrDigit($0) }) else {
            return Fault("is not a name for a smarthost", hint: "it has letters, digits, `-` and `_`, at most 64")
        }
        return nil
    }

    static let route = TextForm("a smarthost of this file, or `direct`", pattern: "^[A-Za-z0-9_-]{1,64}$")

    /// A path on a host that mail servers' configuration files take without quotes.
    static let remotePath = TextForm("a path on the host", pattern: "^/[A-Za-z0-9._/@+~-]*[A-Za-z0-9._@+~-]$") { text in
        guard text.hasPrefix("/"), !text.hasSuffix("/") else {
            return Fault("is not an absolute path of a file on the host", hint: "begin with `/`")
        }
        guard text.utf8.allSatisfy({ isLetterOrDigit($0) || "._/@+~-".utf8.contains($0) }) else {
            return Fault("has a character that mail servers do not accept in a path")
        }
        return text.split(separator: "/").contains("..")
            ? Fault("has `..` in it", hint: "write the path it stands for") : nil
    }

    package static let headerName = TextForm(
        "the name of a header such as `X-AuthUser`",
        pattern: "^[A-Za-z][A-Za-z0-9-]*$"
    ) {
        text in
        let isName = text.utf8.first.map { $0 > 0x39 && isLetterOrDigit($0) } ?? false
        return isName && text.utf8.allSatisfy { $0 == 0x2D || isLetterOrDigit($0) }
            ? nil : Fault("is not the name of a header")
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
