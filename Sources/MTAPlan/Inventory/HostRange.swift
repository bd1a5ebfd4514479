/// Names of hosts with ranges in them: `www[01:50].example.com`, `db-[a:f]`, `n[0:10:2]`.
///
/// Source: ansible-core 2.19, `plugins/inventory/__init__.py`, `expand_hostname_range`.
enum HostRange {
    static let most = 65_536

    /// All names that a name with ranges stands for, none where a range runs backwards, and the port after it.
    static func expand(_ text: String) throws(TextForm.Fault) -> (names: [String], port: Int?) {
        let (pattern, port) = divide(text)
        guard !pattern.isEmpty else { throw TextForm.Fault("is not a host name") }
        guard !pattern.unicodeScalars.contains(where: TextForm.isControl) else {
            throw TextForm.Fault("has a control character in a host name")
        }
        guard pattern != "---" else { throw TextForm.Fault("is the start of a YAML file, which this is not") }
        if pattern.hasSuffix(":"), port == nil, !HostAddress.isIPv6(pattern) {
            throw TextForm.Fault("ends in `:`", hint: "a port must follow it, as in `mx1:2222`")
        }
        return (pattern.contains("[") || pattern.contains("]") ? try names(pattern) : [pattern], port)
    }

    /// A name, and the port behind it where what is before that is a name or an address.
    ///
    /// Source: ansible-core 2.19, `parsing/utils/addresses.py`, `parse_address`.
    static func divide(_ text: String) -> (String, Int?) {
        if text.hasPrefix("["), let close = text.lastIndex(of: "]") {
            let inner = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if rest.isEmpty, HostAddress.isIPv6(inner) { return (String(inner), nil) }
            if rest.hasPrefix(":"), let port = port(rest.dropFirst()), HostAddress.isIPv6(inner) || isName(inner) {
                return (String(inner), port)
            }
        }
        guard !HostAddress.isIPv6(text), let colon = text.lastIndex(of: ":"), isName(text[..<colon]),
            let port = port(text[text.index(after: colon)...])
        else { return (text, nil) }
        return (String(text[..<colon]), port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    /// Whether a text is a name of words and ranges, divided by dots.
    private static func isName(_ text: Substring) -> Bool {
        var isStart = true
        var previous: Character = "."
        var rest = text
        while let character = rest.popFirst() {
            switch character {
            case "[":
                guard let close = rest.firstIndex(of: "]"), isRange(rest[..<close]) else { return false }
                rest = rest[rest.index(after: close)...]
                isStart = false
            case ".":
                guard !isStart, previous != "-", previous != "_" else { return false }
                isStart = true
            case "-":
                guard !isStart else { return false }
            default:
                guard character == "_" || character.isLetter || character.isNumber else { return false }
                isStart = false
            }
            previous = character
        }
        return !isStart && previous != "-" && previous != "_"
    }

    private static func isRange(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return false }
        let areNumbers = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        return areNumbers || letter(parts[0]) != nil && letter(parts[1]) != nil
    }

    private static func names(_ pattern: String) throws(TextForm.Fault) -> [String] {
        var heads = [""]
        var rest = pattern[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let values = try values(rest[rest.index(after: open)..<close])
            guard heads.count * values.count <= most else { throw TextForm.Fault("expands to more than \(most) hosts") }
            let before = rest[..<open]
            heads = heads.flatMap { head in values.map { head + before + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("["), !rest.contains("]") else {
            throw TextForm.Fault("has an unmatched bracket")
        }
        return heads.map { $0 + rest }
    }

    private static func values(_ range: Substring) throws(TextForm.Fault) -> [String] {
        let parts = range.split(separator: ":", omittingEmptySubsequences: false)
        let wrong = TextForm.Fault("has an invalid range", hint: "write `[01:50]`, `[a:f]` or `[0:10:2]`")
        guard parts.count == 2 || parts.count == 3, let step = parts.count == 3 ? Int(parts[2]) : 1, step > 0 else {
            throw wrong
        }
        let first = parts[0].isEmpty ? "0" : parts[0]
        let last = parts[1]
        if let from = letter(first), let to = letter(last) {
            guard from <= to else { throw TextForm.Fault("has a range that runs backwards") }
            return stride(from: from, through: to, by: step).map { letters[$0] }
        }
        guard let from = number(first), let to = number(last) else { throw wrong }
        // To Python no numbers, to letters of Ansible an error.
        guard from <= to else { return [] }
        guard (to - from) / step < most else { throw TextForm.Fault("expands to more than \(most) hosts") }
        let width = first.utf8.count > 1 && first.hasPrefix("0") ? first.utf8.count : 0
        guard width == 0 || width == last.utf8.count else {
            throw TextForm.Fault("has a range whose ends differ in length", hint: "write `[01:50]` or `[1:50]`")
        }
        return stride(from: from, through: to, by: step).map { value in
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
    }

    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
    private static func letter(_ text: Substring) -> Int? { letters.firstIndex(of: String(text)) }
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 9 ? Int(text) : nil
    }
}
