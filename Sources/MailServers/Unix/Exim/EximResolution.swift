import MTAPlan

/// Reads a configuration from its beginning as Exim does: what a condition or a macro comes to depends on what is above it.
///
/// Macros that are built into a program, as `_HAVE_TLS`, are not known. Of a condition that names one only what Exim says of
/// its routers and macros tells whether it holds; else what is in it is in doubt, and taken as if they were not there.
///
/// Source: Exim specification, chapter 6, "Macros in the configuration file" and "Conditional skips".
struct EximResolution {
    private typealias Place = EximStructure.Place

    /// One branch of an `.ifdef … .endif`.
    private struct Condition {
        var holds: Bool
        /// Where it cannot be determined whether it holds, the line that decides.
        var doubt: Place?
        /// The same of this branch or one before it.
        var chainDoubt: Place?
        /// Whether this branch or one before it holds.
        var hasHeld: Bool
        /// Whether all that follow surely do not hold.
        var isSettled: Bool
        var isFirst = true
    }

    private var macros: EximMacros
    private var conditions: [Condition] = []
    private var isInRouters = false
    /// The routers that Exim knows.
    private let routers: Set<String>
    /// Names that more than one router of the files has.
    private let repeated: Set<String>

    init(_ facts: Facts, _ structure: EximStructure) {
        macros = EximMacros(facts, structure)
        let routers = Set((facts.text("exim.routers") ?? "").split(separator: "\n").map(String.init))
        var seen: Set<String> = []
        let names = structure.items.compactMap { item in
            if case .driver(let name) = item.kind, routers.contains(name) { name } else { nil }
        }
        (self.routers, repeated) = (routers, Set(names.filter { !seen.insert($0).inserted }))
    }

    mutating func resolve(_ item: inout EximStructure.Item) {
        switch item.kind {
        case .directive(let word, let words):
            go(word, words, item.place)
            return
        case .begin(let section): isInRouters = section == "routers"
        case .driver(let name) where isInRouters && !item.isOurs: learn(from: name)
        default: break
        }
        let isInForce = conditions.allSatisfy(\.holds)
        let isOut = conditions.contains { !$0.holds && $0.doubt == nil }
        item.doubt = isOut ? nil : conditions.lazy.compactMap(\.doubt).first
        item.inForce = isInForce ? item.kind : nil
        if isOut { return }
        if case .macro(let name, let value) = item.kind {
            if !item.isOurs, macros.define(name, value, item.doubt, isInForce) {
                (item.inForce, item.doubt) = (item.kind, nil)
            }
        } else if isInForce {
            item.expand(&macros)
        }
    }

    private mutating func go(_ word: String, _ words: String, _ place: Place) {
        switch word {
        case "ifdef", "ifndef", "elifdef", "elifndef", "else":
            let isDefined = macros.found(in: words)
            let isOpen = word != "else" && !isDefined && Self.hasBuiltIn(words)
            let holds = word == "else" || isDefined != word.hasSuffix("ndef")
            let doubt = isOpen ? place : nil
            if word.hasPrefix("if") {
                conditions.append(
                    Condition(
                        holds: holds,
                        doubt: doubt,
                        chainDoubt: doubt,
                        hasHeld: holds,
                        isSettled: holds && !isOpen
                    )
                )
            } else if let last = conditions.popLast() {
                conditions.append(Self.branch(after: last, holds, doubt))
            }
        case "endif": _ = conditions.popLast()
        default: break
        }
    }

    private static func branch(after last: Condition, _ holds: Bool, _ doubt: Place?) -> Condition {
        var next = last
        next.isFirst = false
        next.holds = !last.hasHeld && holds
        next.hasHeld = last.hasHeld || holds
        next.chainDoubt = last.chainDoubt ?? doubt
        let isOut = last.isSettled || !holds && doubt == nil
        next.doubt = isOut ? nil : next.chainDoubt
        next.isSettled = last.isSettled || holds && doubt == nil
        return next
    }

    /// A router that Exim knows is in conditions that hold, and one that it does not know in one that does not.
    private mutating func learn(from name: String) {
        let open = conditions.indices.filter { conditions[$0].doubt != nil }
        guard !open.isEmpty, !routers.isEmpty, !conditions.contains(where: { !$0.holds && $0.doubt == nil }) else {
            return
        }
        if routers.contains(name) {
            guard !repeated.contains(name) else { return }
            for index in open {
                (conditions[index].holds, conditions[index].hasHeld) = (true, true)
                (conditions[index].doubt, conditions[index].isSettled) = (nil, true)
            }
        } else if open.count == 1 {
            let index = open[0]
            (conditions[index].holds, conditions[index].doubt) = (false, nil)
            if conditions[index].isFirst { (conditions[index].hasHeld, conditions[index].chainDoubt) = (false, nil) }
        }
    }

    /// `_HAVE_TLS`, `_DRIVER_ROUTER_ACCEPT`, `_OPT_MAIN_SMTPUTF8_ADVERTISE_HOSTS`.
    private static func hasBuiltIn(_ words: String) -> Bool {
        words.split(whereSeparator: \.isWhitespace).contains { word in
            word.hasPrefix("_") && word.dropFirst().first?.isUppercase == true
        }
    }
}

extension EximStructure {
    /// The same with what is in force told from what is not, and with the values of macros.
    func resolved(_ facts: Facts) -> EximStructure {
        var resolution = EximResolution(facts, self)
        return mapped { resolution.resolve(&$0) }
    }
}

extension EximStructure.Item {
    /// With the values of macros in those of options and lists.
    fileprivate mutating func expand(_ macros: inout EximMacros) {
        switch kind {
        case .option(let name, let value?):
            inForce = .option(name: name, value: macros.expanded(value))
            doubt = doubt ?? macros.doubt(in: value)
        case .list(let type, let name, let value):
            inForce = .list(type: type, name: name, value: macros.expanded(value))
            doubt = doubt ?? macros.doubt(in: value)
        default: break
        }
    }
}

/// The macros of a host at one place of its files, as far as their values are known.
private struct EximMacros {
    /// What Exim knows in the end.
    private let names: Set<String>
    /// How often each name is defined in the files, whatever the conditions.
    private var counts: [String: Int] = [:]
    /// In the order of their definitions, which is that in which they are replaced.
    private var defined: [(name: String, value: String?)] = []
    private var indexes: [String: Int] = [:]
    /// Macros whose value hangs on a condition that is not known.
    private var doubts: [String: EximStructure.Place] = [:]
    private var finder: ByteStrings?

    init(_ facts: Facts, _ structure: EximStructure) {
        let lines = { (key: String) in (facts.text(key) ?? "").split(separator: "\n").map(String.init) }
        let known = lines("exim.macros").compactMap { $0.split { $0 == " " || $0 == "=" }.first.map(String.init) }
        names = Set(known)
        for item in structure.items where !item.isOurs {
            if case .macro(let name, _) = item.kind { counts[name, default: 0] += 1 }
        }
        // Those that no file has are the program's call's, and were there before.
        var generated: Set<String> = []
        for line in lines("exim.strange") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].first?.isUppercase == true else { continue }
            generated.insert(String(parts[0]))
            set(String(parts[0]), expanded(String(parts[1])))
        }
        for name in known where counts[name] == nil && !generated.contains(name) { set(name, nil) }
    }

    private mutating func set(_ name: String, _ value: String?) {
        if let index = indexes[name] {
            defined[index].value = value
        } else {
            indexes[name] = defined.count
            defined.append((name, value))
            finder = nil
        }
    }

    /// - Returns: Whether it is surely defined here.
    mutating func define(_ name: String, _ value: String, _ doubt: EximStructure.Place?, _ isInForce: Bool) -> Bool {
        guard names.isEmpty || names.contains(name) else { return false }
        let isSure = doubt == nil || counts[name] == 1 && names.contains(name)
        if isSure {
            doubts[name] = nil
        } else {
            doubts[name] = doubt
        }
        // One that is there already can only be defined again by `==`.
        if isSure || isInForce || indexes[name] == nil { set(name, expanded(value)) }
        return isSure
    }

    /// The line that a text hangs on, where it uses a macro whose value is in doubt.
    func doubt(in text: String) -> EximStructure.Place? {
        doubts.first { text.utf8.holds($0.key.utf8) }?.value
    }

    /// Whether a text names a macro that there is.
    mutating func found(in text: String) -> Bool {
        let finder = finder ?? ByteStrings(defined.map(\.name))
        self.finder = finder
        return finder.areSome(in: text)
    }

    mutating func expanded(_ text: String) -> String {
        guard found(in: text) else { return text }
        var text = text
        for case (let name, let value?) in defined where text.utf8.holds(name.utf8) {
            text = text.replacing(name, with: value)
        }
        return text
    }
}
