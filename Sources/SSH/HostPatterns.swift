internal import Crypto

/// The first field of a known_hosts line: names with `*`, `?` and `!`, or one hashed name.
enum HostPatterns: Sendable, Equatable {
    case patterns([Pattern])
    case hashed(salt: [UInt8], hash: [UInt8])

    struct Pattern: Sendable, Equatable {
        /// In lower case.
        var text: String
        var isNegated: Bool
        var isPlain: Bool { !isNegated && !text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } }
    }

    /// - Returns: `nil` for a hashed name that is malformed.
    init?(_ field: String) {
        guard field.hasPrefix("|") else {
            self = .patterns(
                field.split(separator: ",").map { word in
                    let isNegated = word.hasPrefix("!")
                    return Pattern(text: (isNegated ? word.dropFirst() : word).lowercased(), isNegated: isNegated)
                }
            )
            return
        }
        let parts = field.split(separator: "|")
        guard parts.count == 3, parts[0] == "1", let salt = Base64.decode(parts[1]), let hash = Base64.decode(parts[2]),
            hash.count == 20
        else { return nil }
        self = .hashed(salt: salt, hash: hash)
    }

    /// The names, when none of them needs matching.
    var plainNames: [String]? {
        guard case .patterns(let patterns) = self, patterns.allSatisfy(\.isPlain) else { return nil }
        return patterns.map(\.text)
    }

    /// The name is in lower case, and `[host]:port` for another port than 22.
    func match(_ name: String) -> Bool {
        switch self {
        case .patterns(let patterns):
            let name = Array(name.utf8)
            let matching = patterns.filter { Self.match(Array($0.text.utf8), name) }
            return !matching.isEmpty && !matching.contains(where: \.isNegated)
        case .hashed(let salt, let hash):
            return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
                hash,
                authenticating: Array(name.utf8),
                using: SymmetricKey(data: salt)
            )
        }
    }

    /// `*` is any characters or none, `?` is any one.
    ///
    /// Linear but for the last star, so no pattern takes long.
    private static func match(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (place, at) = (0, 0)
        var retry: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                place += 1
                retry = (place, at)
            } else if place < pattern.count, pattern[place] == name[at] || pattern[place] == UInt8(ascii: "?") {
                place += 1
                at += 1
            } else if let last = retry {
                place = last.place
                at = last.at + 1
                retry = (place, at)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
