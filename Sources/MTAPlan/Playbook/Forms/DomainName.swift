/// Domain names as they may be in a playbook: letters, digits and hyphens (RFC 1123 §2.1, RFC 5321 §4.1.2).
package enum DomainName {
    /// The name in lower case.
    static func parse(_ text: String) throws(TextForm.Fault) -> String {
        if let first = text.unicodeScalars.first(where: { !$0.isASCII }) {
            throw TextForm.Fault(
                "has the letter `\(first)` in a domain",
                hint: "write its DNS form, which begins with `xn--`: `idn2 NAME` prints it"
            )
        }
        let name = text.lowercased()
        if name.hasSuffix(".") { throw TextForm.Fault("ends with a dot", hint: "write the domain without it") }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253 else { throw TextForm.Fault("is longer than a domain can be") }
        guard labels.allSatisfy(isLabel) else { throw TextForm.Fault("is not a domain name", hint: hint(name)) }
        if let last = labels.last, last.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw TextForm.Fault("is not a domain name, it ends with a number")
        }
        return name
    }

    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        guard (1...63).contains(label.count), label.first != 0x2D, label.last != 0x2D else { return false }
        return label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func hint(_ name: String) -> String? {
        if name.contains("://") { return "write the name only, without `\(name.prefix { $0 != ":" })://`" }
        if name.contains("_") { return "a mail domain has letters, digits and hyphens, no `_`" }
        if name.contains("*") { return "write `.example.org` for all subdomains of a domain" }
        return nil
    }
}

extension DomainPattern {
    /// `example.org`, or `.example.org` for all that is below it.
    static func parse(_ text: String) throws(TextForm.Fault) -> DomainPattern {
        if text.hasPrefix("*.") {
            throw TextForm.Fault(
                "is not a domain",
                hint: "write `\(text.dropFirst().shortenedText)` for the subdomains of a domain"
            )
        }
        if text.contains("@") {
            throw TextForm.Fault("is not a domain", hint: "recipients are routed by domain, not by address")
        }
        return text.hasPrefix(".")
            ? .subdomains(of: try DomainName.parse(String(text.dropFirst()))) : .exactly(try DomainName.parse(text))
    }
}

extension DomainPattern: CustomStringConvertible {
    /// As it is written in a playbook.
    package var description: String {
        switch self {
        case .exactly(let domain): domain
        case .subdomains(let domain): ".\(domain)"
        }
    }
}

extension Substring {
    fileprivate var shortenedText: String { String(self).shortened }
}
