import MTAPlan

/// The `route_list` of a manualroute router: domains, each with the hosts that its mail goes to.
///
/// Source: Exim specification, chapter 20: items are separated by semicolons; in one are a pattern of domains, a list
/// of hosts, perhaps in quotes and with ports, and words about looking hosts up.
struct EximRouteList: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var domain: String
        /// Each as it is shown: `mail.example.net:587`.
        var hosts: [String]
    }

    let entries: [Entry]

    init(_ text: String) {
        entries = Self.items(text).compactMap { item in
            let words = Self.words(item)
            guard let domain = words.first else { return nil }
            let hosts = words.count > 1 && domain != words.last ? Self.hosts(words[1]) : []
            return Entry(domain: domain, hosts: hosts)
        }
    }

    /// The hosts of all entries in words.
    var shown: String { entries.flatMap(\.hosts).joined(separator: ", ") }

    private static func items(_ text: String) -> [String] {
        var items = [""]
        var isQuoted = false
        var depth = 0
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "{": depth += 1
            case "}": depth -= 1
            default: break
            }
            if character == ";", !isQuoted, depth == 0 {
                items.append("")
            } else {
                items[items.count - 1].append(character)
            }
        }
        return items
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var depth = 0
        for character in text + " " {
            if character == "\"" {
                isQuoted.toggle()
            } else if character.isWhitespace, !isQuoted, depth == 0 {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                if character == "{" { depth += 1 } else if character == "}" { depth -= 1 }
                word.append(character)
            }
        }
        return words
    }

    /// `a.example::587:b.example` and `<; a.example:587 ; b.example` are two hosts.
    private static func hosts(_ text: String) -> [String] {
        if text.contains("${") || text.hasPrefix("$") { return [text] }
        return EximDomainList.split(text).filter { $0 != "+" }.map { host in
            host.hasSuffix("/MX") || host.hasSuffix("/mx") ? String(host.dropLast(3)) : host
        }
    }
}
