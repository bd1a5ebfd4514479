import MTAPlan

/// A router or transport with the options that are in force, macros replaced.
struct EximOptions: Sendable {
    let name: String
    /// As messages have it: `/etc/exim4/exim4.conf.template:12`.
    let place: String
    let isOurs: Bool
    /// In their order; a Boolean without a value has an empty one.
    ///
    /// `written`: As it is in the file, with the names of macros, which may hold secrets.
    let all: [(name: String, value: String, written: String)]

    init(_ driver: EximStructure.Driver, _ macros: EximMacros) {
        name = driver.name
        place = driver.start.place.text
        isOurs = driver.start.isOurs
        // What a block of ours replaces is next to it, and is not in force.
        let replaced = Set(driver.items.filter { $0.isOurs && !driver.start.isOurs }.compactMap(\.optionName))
        var conditions: [Bool] = []
        var options: [(String, String, String)] = []
        for item in driver.items {
            switch item.kind {
            case .directive("ifdef", let words): conditions.append(macros.define(words))
            case .directive("ifndef", let words): conditions.append(!macros.define(words))
            case .directive("else", _): if let last = conditions.popLast() { conditions.append(!last) }
            case .directive("endif", _): _ = conditions.popLast()
            case .option(let name, let value) where !conditions.contains(false):
                if replaced.contains(name), !item.isOurs { continue }
                options.append((name, macros.expanded(value ?? ""), value ?? ""))
            default: break
            }
        }
        all = options
    }

    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    func values(_ name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }

    /// The values of options: `senders = *@example.com`.
    func shown(_ names: [String]) -> [String] {
        names.flatMap { name in
            all.filter { $0.name == name }.map { "\(name) = \(Self.value($0.written, of: name))" }
        }
    }

    /// A value that is compared as it is, and shown only where the option is a harmless one.
    static func value(_ text: String, of name: String) -> String {
        Notation.eximHarmless.contains(name) ? text : Glossary.concealed(text)
    }

    /// A line of a configuration, of which the same is shown.
    static func line(_ text: some StringProtocol) -> String {
        guard let sign = text.firstIndex(of: "=") else {
            return text.hasSuffix(":") ? String(text) : Glossary.concealed(String(text))
        }
        let name = text[..<sign].split(separator: " ").last ?? ""
        let rest = text[text.index(after: sign)...].drop { $0 == " " }
        return "\(text[...sign]) \(value(String(rest), of: String(name)))"
    }

    /// Whether a Boolean option is set; `nil` where it is an expression.
    func isOn(_ name: String) -> Bool? {
        if self["no_\(name)"] != nil || self["not_\(name)"] != nil { return false }
        guard let value = self[name]?.lowercased() else { return false }
        if ["", "yes", "true"].contains(value) { return true }
        return ["no", "false"].contains(value) ? false : nil
    }
}

extension EximStructure.Item {
    fileprivate var optionName: String? { if case .option(let name, _) = kind { name } else { nil } }
}

/// The macros of a host, as far as their values are in files.
struct EximMacros: Sendable {
    private let names: ByteStrings
    private let values: [(name: String, value: String)]
    /// The names of those that have a value.
    private let valued: ByteStrings

    init(_ host: EximHost) { self.init(host.facts, host.structure) }

    init(_ facts: Facts, _ structure: EximStructure) {
        let lines = { (key: String) in (facts.text(key) ?? "").split(separator: "\n").map(String.init) }
        let names = Set(
            lines("exim.macros").compactMap { $0.split { $0 == " " || $0 == "=" }.first.map(String.init) }
        )
        var found: [(name: String, value: String)] = []
        for line in lines("exim.strange") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0].first?.isUppercase == true {
                found.append((String(parts[0]), String(parts[1])))
            }
        }
        for item in structure.items where !item.isOurs {
            if case .macro(let name, let value) = item.kind, names.isEmpty || names.contains(name) {
                found.append((name, value))
            }
        }
        // Of a name that another one begins with, the longer is looked for first.
        var seen: Set<String> = []
        values = found.filter { seen.insert($0.name).inserted && !$0.value.utf8.holds($0.name.utf8) }.sorted {
            ($1.name.count, $0.name) < ($0.name.count, $1.name)
        }
        self.names = ByteStrings(names)
        valued = ByteStrings(values.map(\.name))
    }

    /// Whether a condition names a macro that there is.
    func define(_ words: String) -> Bool { names.areSome(in: words) }

    func expanded(_ text: String) -> String {
        guard valued.areSome(in: text) else { return text }
        var text = text
        // A macro may be in another one's value.
        for _ in 0..<5 {
            let before = text
            for (name, value) in values where text.utf8.holds(name.utf8) {
                text = text.replacing(name, with: value)
            }
            if text == before { break }
        }
        return text
    }
}
