import MTAPlan

/// What may be shown of files that hold logins.
enum PostfixMask {
    private static let hidden = Array("[secret]".utf8)
    /// What the name of a setting that holds a login has in it.
    private static let logins = ["password", "passwd", "secret"].map { Array($0.utf8) }

    /// For a table of ours: of a table of logins, nothing after the user name.
    static func table(_ path: String) -> (ArraySlice<UInt8>) -> [UInt8] {
        guard path.contains("_login") else { return { Array($0) } }
        let header = Array(OwnTable.header("logins").utf8)
        return { line in
            if line.isEmpty || line.elementsEqual(header) { return Array(line) }
            let key = line.prefix { !$0.isBlank }
            let value = line[key.endIndex...]
            // What begins with white space continues a value, and what is no key may be a value that lost its key.
            guard isKey(key), let colon = value.firstIndex(of: UInt8(ascii: ":")) else { return hidden }
            return Array(line[...colon]) + hidden
        }
    }

    /// Whether it is what logins are looked up by: `[HOST]:PORT` or an address; both may be commented out.
    private static func isKey(_ key: ArraySlice<UInt8>) -> Bool {
        let open = UInt8(ascii: "["), close = UInt8(ascii: "]")
        let name = key.drop { $0 == UInt8(ascii: "#") }
        guard name.first == open, let end = name.lastIndex(of: close) else {
            return name.contains(UInt8(ascii: "@")) && !name.contains(UInt8(ascii: ":"))
        }
        let port = name[(end + 1)...]
        return port.isEmpty
            || port.first == UInt8(ascii: ":")
                && port.dropFirst().allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// For main.cf and master.cf: nothing of a login that is written into a list of tables.
    ///
    /// Source: DATABASE_README, `static` and `inline`; both can stand in smtp_sasl_password_maps.
    static func configuration(_ files: [[UInt8]]) -> (ArraySlice<UInt8>) -> [UInt8] {
        var shown: [[UInt8]: [UInt8]] = [:]
        for bytes in files {
            let text = ConfigLines(bytes)
            for logical in text.logical {
                var isInside = false
                for index in logical.lines {
                    let line = bare(text.lines[index])
                    guard let masked = masked(line, isInside: &isInside) else { continue }
                    shown[line] = masked
                }
            }
            for line in text.lines.map(bare) where line.first(where: { !$0.isBlank }) == UInt8(ascii: "#") {
                var isInside = false
                if let masked = masked(line, isInside: &isInside) { shown[line] = masked }
            }
        }
        return { shown[Array($0)] ?? Array($0) }
    }

    /// A line as it may be shown, or `nil` where it can be shown as it is.
    ///
    /// `isInside` says whether a login that began on a line before may go on.
    private static func masked(_ line: [UInt8], isInside: inout Bool) -> [UInt8]? {
        let lower = line.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
        if isInside, lower.first?.isBlank == true, lower.end(of: "-o") == nil {
            return Array(line.prefix(while: \.isBlank)) + hidden
        }
        isInside = logins.contains { lower.end(of: $0) != nil }
        guard isInside else { return nil }
        let starts = ["static:", "inline:"].compactMap { lower.end(of: $0) }
        if let start = starts.min() { return Array(line[..<start]) + hidden }
        // A value that is kept under a name of its own, to be used in a list: `relay_password = user:pass`.
        let isList = lower.end(of: "_maps") != nil || lower.end(of: "result_delimiter") != nil
        guard !isList, let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return Array(line[...equals]) + [0x20] + hidden
    }

    private static func bare(_ line: [UInt8]) -> [UInt8] { line.last == 0x0A ? Array(line.dropLast()) : line }
}

extension [UInt8] {
    /// Where the first of these words ends.
    fileprivate func end(of word: String) -> Int? { end(of: Array(word.utf8)) }

    fileprivate func end(of word: [UInt8]) -> Int? {
        var rest = self[...]
        while let start = rest.firstIndex(of: word[0]) {
            if self[start...].starts(with: word) { return start + word.count }
            rest = self[(start + 1)...]
        }
        return nil
    }
}
