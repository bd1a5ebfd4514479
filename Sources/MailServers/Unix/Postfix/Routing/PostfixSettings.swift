import MTAPlan

/// The value of each setting as Postfix has it, of a main.cf that may not be in place yet.
///
/// What `postconf -x` printed counts where main.cf still says the same; else what main.cf is to say is expanded here.
///
/// Source: postconf(5), "The general format of the main.cf file".
struct PostfixSettings: Sendable {
    private let written: [String: String]
    private let printed: [String: String]
    /// Settings that main.cf no longer says as it did when the host was asked.
    private let changed: Set<String>

    /// `found`: main.cf as it was when the host was asked; `printed`: what `postconf -x` printed then.
    init(_ main: MainCF, found: MainCF, printed: [String: String]) {
        let (written, found) = (main.values, found.values)
        changed = Set(written.keys).union(found.keys).filter { written[$0] != found[$0] }
        self.written = written
        self.printed = printed
    }

    /// As in main.cf, macros not expanded; `nil` where it does not have the setting.
    func written(_ name: String) -> String? { written[name] }

    /// Every name in main.cf that ends so.
    func names(endingIn suffix: String) -> [String] { written.keys.filter { $0.hasSuffix(suffix) }.sorted() }

    /// Macros expanded; empty where it has no value.
    func callAsFunction(_ name: String) -> String { value(name, depth: 0) }

    private func value(_ name: String, depth: Int) -> String {
        if let value = printed[name], isAsPrinted(name) { return value }
        if let text = written[name] ?? Self.defaults[name] { return MainCF.printed(expanded(text, depth: depth)) }
        return name == "mydomain" ? domain(depth: depth) : ""
    }

    /// Whether neither the setting nor anything that it refers to has changed since Postfix printed it.
    private func isAsPrinted(_ name: String) -> Bool {
        changed.isEmpty || refersTo(name).isDisjoint(with: changed)
    }

    /// The setting and all that its value refers to.
    func refersTo(_ name: String) -> Set<String> {
        var all: Set<String> = [name]
        var next = [name]
        while let name = next.popLast() {
            let names = Self.references(in: written[name] ?? Self.defaults[name] ?? "")
            next += names.filter { all.insert($0).inserted }
        }
        return all
    }

    /// Names behind each `$` of a text, in any of its forms.
    static func references(in text: String) -> [String] {
        guard text.contains("$") else { return [] }
        return text.split(separator: "$", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            let name = part.drop { $0 == "{" || $0 == "(" }.prefix(while: \.isOfName)
            return name.isEmpty ? nil : String(name)
        }
    }

    /// Source: postconf(5), mydomain: `myhostname` without its first part, or `localdomain`.
    private func domain(depth: Int) -> String {
        let name = value("myhostname", depth: depth + 1)
        guard depth < 20, let dot = name.firstIndex(of: ".") else { return "localdomain" }
        return String(name[name.index(after: dot)...])
    }

    /// Names that the text refers to and whose values only Postfix knows.
    func unknownReferences(in text: String) -> [String] {
        Set(Self.references(in: text)).flatMap { Array(refersTo($0)) }.sorted().filter { name in
            written[name] == nil && printed[name] == nil && Self.defaults[name] == nil && name != "mydomain"
        }
    }

    /// The text with `$name`, `${name}`, `$(name)` and their conditional forms replaced.
    func expanded(_ text: String) -> String { expanded(text, depth: 0) }

    private func expanded(_ text: String, depth: Int) -> String {
        guard text.contains("$"), depth < 20 else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            guard let first = rest.first else { break }
            if first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if first == "{" || first == "(" {
                let body = Self.enclosed(&rest)
                result += expanded(body: body, depth: depth + 1)
            } else {
                let name = rest.prefix(while: \.isOfName)
                rest = rest[name.endIndex...]
                result += value(String(name), depth: depth + 1)
            }
            // A host's own text: what doubles with each macro has an end.
            if result.utf8.count > 1 << 16 { return String(result.prefix(1 << 16)) }
        }
        return result + rest
    }

    /// `name`, `name?text`, `name:text`, or `name?{text}:{text}`.
    private func expanded(body: Substring, depth: Int) -> String {
        let name = body.prefix(while: \.isOfName)
        let value = value(String(name), depth: depth)
        var rest = body[name.endIndex...]
        guard let operation = rest.popFirst() else { return value }
        if operation == ":" { return value.isEmpty ? expanded(Self.bare(rest), depth: depth) : value }
        guard operation == "?" else { return "" }
        guard rest.first == "{" else { return value.isEmpty ? "" : expanded(String(rest), depth: depth) }
        let first = Self.enclosed(&rest)
        let second = rest.hasPrefix(":") ? Self.bare(rest.dropFirst()) : ""
        return expanded(value.isEmpty ? second : String(first), depth: depth)
    }

    private static func bare(_ text: Substring) -> String {
        var rest = text
        return text.first == "{" ? String(enclosed(&rest)) : String(text)
    }

    /// Takes what is in the brackets that the text begins with.
    private static func enclosed(_ rest: inout Substring) -> Substring {
        let open = rest.first, close: Character = open == "{" ? "}" : ")"
        var depth = 0
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index] == open { depth += 1 }
            if rest[index] == close { depth -= 1 }
            if depth == 0 { break }
            index = rest.index(after: index)
        }
        let body = rest[rest.startIndex..<index].dropFirst()
        rest = index < rest.endIndex ? rest[rest.index(after: index)...] : rest[rest.endIndex...]
        return body
    }

    /// Source: postconf(5), Postfix 3.7; where versions differ, the least that any of them does.
    private static let defaults = [
        "default_transport": "smtp",
        "relay_transport": "relay",
        "local_transport": "local:$myhostname",
        "virtual_transport": "virtual",
        "mydestination": "$myhostname, localhost.$mydomain, localhost",
        "virtual_alias_maps": "$virtual_maps",
        "virtual_alias_domains": "$virtual_alias_maps",
        "virtual_mailbox_domains": "$virtual_mailbox_maps",
        "myorigin": "$myhostname",
        "empty_address_default_transport_maps_lookup_key": "<>",
        "empty_address_relayhost_maps_lookup_key": "<>",
        "parent_domain_matches_subdomains": "relay_domains",
        "smtp_helo_name": "$myhostname",
        "smtp_sasl_security_options": "noplaintext, noanonymous",
    ]
}

extension Character {
    fileprivate var isOfName: Bool { isLetter || isNumber || self == "_" }
}
