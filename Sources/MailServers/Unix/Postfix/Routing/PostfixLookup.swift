import MTAPlan

/// A list of lookup tables, asked as Postfix asks them.
///
/// Source: DATABASE_README; maps.c: one key in all tables before the next key.
struct PostfixLookup: Sendable {
    enum Answer: Sendable, Equatable {
        case none
        case found(String)
        /// A table before the answer cannot be read here.
        case unknown(table: String)
    }

    private let tables: [PostfixTableRows]

    init(_ list: String, on facts: Facts) {
        tables = MapList.texts(list).map { PostfixTableRows($0, on: facts) }
    }

    var isEmpty: Bool { tables.isEmpty }

    /// The tables that cannot be read here.
    var opaque: [String] { tables.filter(\.isOpaque).map(\.item) }

    /// Every key that is written out in some table.
    var keys: [String] { tables.flatMap(\.keys) }

    /// `isPart`: A part of an address, for which regular expressions are not asked.
    func find(_ key: String, isPart: Bool = false) -> Answer {
        for table in tables {
            let answer = table.find(key.lowercased(), isPart: isPart)
            if answer != .none { return answer }
        }
        return .none
    }

    /// The first of these keys that there is an answer to.
    func first(of keys: [(key: String, isPart: Bool)]) -> Answer {
        for (key, isPart) in keys {
            let answer = find(key, isPart: isPart)
            if answer != .none { return answer }
        }
        return .none
    }

    /// As for a sender: the address, then its domain: postconf(5), sender_dependent_default_transport_maps.
    func find(sender: String, empty: String) -> Answer {
        guard !sender.isEmpty else { return find(empty) }
        let domain = sender.split(separator: "@").last.map { "@\($0)" } ?? ""
        return first(of: [(sender, false), (domain, true)])
    }
}

/// One table of a list.
struct PostfixTableRows: Sendable {
    private enum Entries: Sendable {
        case rows([String: String])
        case patterns([(pattern: TablePattern, isNot: Bool, value: String)])
        case always(String)
        /// Each asked with the answer of the one before.
        case pipe([PostfixTableRows])
        case opaque
    }

    let item: String
    private let content: Entries

    init(_ item: String, on facts: Facts) {
        self.item = item
        let bare = item.hasPrefix("proxy:") ? String(item.dropFirst("proxy:".count)) : item
        guard let (type, name) = MapList.table(bare) else {
            content = .opaque
            return
        }
        let body = name.hasPrefix("{") && name.hasSuffix("}") ? String(name.dropFirst().dropLast()) : nil
        switch type {
        case "static": content = .always(body ?? name)
        case "randmap": content = .always("one of \(MapList.texts(body ?? name).joined(separator: ", "))")
        case "inline": content = .rows(Self.inline(body ?? ""))
        case "pipemap": content = .pipe(MapList.texts(body ?? "").map { PostfixTableRows($0, on: facts) })
        case "regexp", "pcre": content = Self.patterns(body, name, facts)
        case "texthash", "hash", "btree", "lmdb", "cdb":
            content = facts.file(name).map { .rows(Self.rows($0.bytes)) } ?? .opaque
        default: content = .opaque
        }
    }

    var isOpaque: Bool {
        switch content {
        case .opaque: true
        case .pipe(let tables): tables.contains(where: \.isOpaque)
        case .rows, .patterns, .always: false
        }
    }

    var keys: [String] {
        switch content {
        case .rows(let rows): Array(rows.keys)
        case .pipe(let tables): tables.first?.keys ?? []
        case .patterns, .always, .opaque: []
        }
    }

    func find(_ key: String, isPart: Bool) -> PostfixLookup.Answer {
        switch content {
        case .opaque: return .unknown(table: item)
        case .always(let value): return .found(value)
        case .rows(let rows): return rows[key].map { .found($0) } ?? .none
        case .patterns(let rules):
            if isPart { return .none }
            guard let rule = rules.first(where: { $0.pattern.matches(key) != $0.isNot }) else { return .none }
            // A part of what matched stands in the value.
            let isWhole = !rule.value.replacing("$$", with: "").contains("$")
            return isWhole ? .found(rule.value) : .unknown(table: item)
        case .pipe(let tables):
            var answer = PostfixLookup.Answer.found(key)
            for table in tables {
                guard case .found(let key) = answer else { return answer }
                answer = table.find(key, isPart: isPart)
            }
            return answer
        }
    }

    /// The value of a rule that decides for every address; `:` decides nothing: transport(5), "RESULT FORMAT".
    var catchAll: String? { ofAll == ":" ? nil : ofAll }

    private var ofAll: String? {
        switch content {
        case .always(let value): value
        case .rows(let rows): rows["*"]
        case .patterns(let rules): rules.first { $0.pattern.isOfAll && !$0.isNot }?.value
        case .pipe, .opaque: nil
        }
    }

    /// Of rows with one key the first counts: postmap(1).
    private static func rows(_ bytes: [UInt8]) -> [String: String] {
        Dictionary(PostfixTable.rows(bytes).map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// `{ key = value }, key=value`.
    private static func inline(_ text: String) -> [String: String] {
        var rows: [String: String] = [:]
        for item in MapList.texts(text) {
            let pair = item.hasPrefix("{") && item.hasSuffix("}") ? String(item.dropFirst().dropLast()) : item
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let key = Array(pair[..<equals].utf8).trimmed.text.lowercased()
            if rows[key] == nil { rows[key] = Array(pair[equals...].dropFirst().utf8).trimmed.text }
        }
        return rows
    }

    private static func patterns(_ body: String?, _ path: String, _ facts: Facts) -> Entries {
        let lines: [String]
        if let body {
            lines = MapList.texts(body).map { $0.hasPrefix("{") ? String($0.dropFirst().dropLast()) : $0 }
        } else if let file = facts.file(path) {
            let text = ConfigLines(file.bytes)
            lines = text.logical.map { text.content(of: $0).text }
        } else {
            return .opaque
        }
        var rules: [(pattern: TablePattern, isNot: Bool, value: String)] = []
        for line in lines {
            guard let rule = rule(line) else { return .opaque }
            rules.append(rule)
        }
        return .patterns(rules)
    }

    /// `/pattern/flags value`, or `nil` where it is more than is understood.
    private static func rule(_ line: String) -> (pattern: TablePattern, isNot: Bool, value: String)? {
        var rest = Array(line.utf8).trimmed.text[...]
        let isNot = rest.hasPrefix("!")
        if isNot { rest = rest.dropFirst() }
        guard rest.popFirst() == "/" else { return nil }
        var pattern = ""
        while let character = rest.popFirst(), character != "/" {
            pattern.append(character)
            if character == "\\", let next = rest.popFirst() { pattern.append(next) }
        }
        let flags = rest.prefix { $0 != " " && $0 != "\t" }
        guard flags.isEmpty, let pattern = TablePattern(pattern) else { return nil }
        return (pattern, isNot, Array(rest.utf8).trimmed.text)
    }
}
