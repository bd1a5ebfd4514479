/// Forms that words can have which say nothing that has to be hidden.
///
/// They are narrow, so that what was made by chance fits none: lower case, digits at the end of a part alone.
enum WordForm {
    /// A number of up to five digits, an IPv4 address or network, a domain, or an absolute path.
    static func fits(_ word: ArraySlice<UInt8>) -> Bool {
        isNumber(word) || isIPv4(word) || isDomain(word) || isPath(word)
    }

    static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

    /// Where an IPv6 address that is in front ends; `nil` where there is none.
    static func endOfIPv6(_ bytes: ArraySlice<UInt8>) -> Int? {
        let run = bytes.prefix { isDigit($0) || 0x61...0x66 ~= $0 | 0x20 || $0 == UInt8(ascii: ":") }
        guard run.contains(UInt8(ascii: ":")) else { return nil }
        let groups = run.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count > 2, groups.allSatisfy({ $0.count <= 4 }), groups.contains(where: { !$0.isEmpty }) else {
            return nil
        }
        if run.endIndex < bytes.endIndex, isPart(bytes[run.endIndex]) { return nil }
        return run.endIndex
    }

    /// With a unit behind it: `30m`, `5d`, `10M`.
    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        let digits = word.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let number = digits.prefix(while: isDigit)
        guard (1...5).contains(number.count) else { return false }
        let unit = digits[number.endIndex...]
        return unit.isEmpty || unit.count == 1 && "smhdwkKMG%".utf8.contains(unit[unit.startIndex])
    }

    private static func isIPv4(_ word: ArraySlice<UInt8>) -> Bool {
        let word = word.first == UInt8(ascii: "!") ? word.dropFirst() : word
        let parts = word.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        let bytes = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard bytes.count == 4, bytes.allSatisfy(isSmallNumber) else { return false }
        return parts.count == 1 || isSmallNumber(parts[1])
    }

    private static func isDomain(_ word: ArraySlice<UInt8>) -> Bool {
        let name = word.drop { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "!") }
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1, labels.allSatisfy(isName), let last = labels.last else { return false }
        return last.count > 1 && last.allSatisfy { 0x61...0x7A ~= $0 }
    }

    private static func isPath(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.first == UInt8(ascii: "/") else { return false }
        // A URL: what stands before its host may be a password.
        if word.dropFirst().first == UInt8(ascii: "/") {
            let (host, rest) = authority(of: word.dropFirst(2))
            return (isDomain(host) || isIPv4(host)) && (rest.isEmpty || isPath(rest))
        }
        return word.split(separator: UInt8(ascii: "/")).allSatisfy { name in
            name.split(separator: UInt8(ascii: ".")).allSatisfy(isName)
        }
    }

    private static func authority(of word: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let host = word.prefix { $0 != UInt8(ascii: "/") }
        return (host, word[host.endIndex...])
    }

    /// Letters with up to three digits behind them, or so many digits alone, joined by `-`, `_` and `+`.
    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split { "-_+".utf8.contains($0) }
        return !parts.isEmpty
            && parts.allSatisfy { part in
                let letters = part.prefix { 0x61...0x7A ~= $0 }
                let digits = part[letters.endIndex...]
                return letters.count <= 24 && (digits.isEmpty ? !letters.isEmpty : isSmallNumber(digits))
            }
    }

    private static func isSmallNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...3).contains(bytes.count) && bytes.allSatisfy(isDigit)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || 0x61...0x7A ~= byte | 0x20 || byte >= 0x80 || byte == UInt8(ascii: "_")
    }
}
