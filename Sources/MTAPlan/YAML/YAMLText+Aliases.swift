extension YAMLText {
    /// Whether comparing this file's keys could take forever.
    ///
    /// Yams compares keys by content, before we can count anything. A key that is or holds an alias of aliases of
    /// aliases can stand for more than there is memory. Only files with keys that are no scalars are looked at.
    /// An anchor's value ends before its first alias; so its size is at most the text between, and the aliases there.
    static func hasExplosiveKeys(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard scalars.contains("*"), scalars.contains("&"), hasUnusualKeys(scalars) else { return false }
        var names: [(isAlias: Bool, name: String, offset: Int)] = []
        for (offset, scalar) in scalars.enumerated() where scalar == "*" || scalar == "&" {
            let name = scalars[(offset + 1)...].prefix(while: isNameScalar)
            guard !name.isEmpty else { continue }
            names.append((scalar == "*", String(String.UnicodeScalarView(name)), offset))
            if names.count > 10_000 { return true }
        }
        var open: [String: (start: Int, aliased: Double)] = [:]
        var sizes: [String: Double] = [:]
        var total = 0.0
        for (isAlias, name, offset) in names {
            guard isAlias else {
                open[name] = (offset, total)
                sizes[name] = nil
                continue
            }
            if sizes[name] == nil, let (start, before) = open[name] {
                sizes[name] = Double(offset - start) + (total - before)
            }
            total += sizes[name] ?? 0
            if total > 10_000_000 { return true }
        }
        return false
    }

    /// Whether there is a `? ` or a `]`, `}` or alias before a `:`, or anything in braces that may be a key.
    private static func hasUnusualKeys(_ scalars: [Unicode.Scalar]) -> Bool {
        for (offset, scalar) in scalars.enumerated() {
            switch scalar {
            case "?", "{", "]", "}": return true
            case "*":
                let after = scalars[(offset + 1)...].drop(while: isNameScalar).drop { $0 == " " || $0 == "\t" }
                if after.first == ":" { return true }
            default: continue
            }
        }
        return false
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "_"
            || scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }
}
