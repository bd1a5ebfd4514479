import MTAPlan

/// The sections and drivers of an Exim configuration, over all the files that it is made of.
struct EximStructure: Sendable {
    /// Where a line is: the file as it was asked for, and the index of the line.
    struct Place: Sendable, Equatable {
        var file: String
        var line: Int
        /// As messages have it: `/etc/exim/exim.conf:12`.
        var text: String { "\(file):\(line + 1)" }
    }

    struct Item: Sendable {
        var kind: EximText.Kind
        var place: Place
        /// The index of its last line.
        var last: Int
        /// The line of the outermost `.ifdef` that it is in.
        var condition: Place?
        /// Whether it is between our marks, or in a file of ours.
        var isOurs: Bool
        /// What it is with the values of macros; `nil` where it is in a condition that does not hold.
        var inForce: EximText.Kind?
        /// The condition that decides whether it is in force, or which value it has, where that cannot be determined.
        var doubt: Place?
    }

    struct Driver: Sendable {
        var name: String
        var start: Item
        /// Its options, and the directives between them.
        var items: [Item]

        /// The first value that is in force, with the values of macros.
        func option(_ name: String) -> String? {
            items.lazy.compactMap { item -> String? in
                if case .option(name, let value) = item.inForce { value ?? "" } else { nil }
            }.first
        }

        /// The same with the names of macros, whose values may be secret.
        func written(_ name: String) -> String? {
            items.lazy.compactMap { item -> String? in
                guard item.inForce != nil, case .option(name, let value) = item.kind else { return nil }
                return value ?? ""
            }.first
        }
    }

    private(set) var items: [Item] = []

    /// `files`: What the configuration is made of, in order; `included`: what `.include` may name.
    ///
    /// - Throws: At the first mark, condition or include that does not fit.
    init(_ files: [(path: String, text: EximText)], included: (String) -> FileAnswer?) throws(Failure) {
        for file in files { try read(file.path, file.text, included, depth: 0) }
    }

    private mutating func read(
        _ path: String,
        _ text: EximText,
        _ included: (String) -> FileAnswer?,
        depth: Int
    ) throws(Failure) {
        var conditions: [Place] = []
        let blocks: [ClosedRange<Int>]
        do { blocks = try text.blocks() } catch { throw .unpairedMarks(at: "\(path):\(error.line)") }
        let replaced = text.replacedLines
        let isOurs = { (line: Int) in
            path.hasSuffix("_mtactl") || blocks.contains { $0.contains(line) } && !replaced.contains(line)
        }
        for statement in text.statements {
            let place = Place(file: path, line: statement.first)
            if case .directive(let word, let argument) = statement.kind {
                switch word {
                case "ifdef", "ifndef": conditions.append(place)
                case "endif":
                    guard conditions.count > 1 else {
                        if conditions.popLast() == nil { throw .unbalanced(place, word) }
                        append(statement, place, place, isOurs(statement.first))
                        continue
                    }
                    conditions.removeLast()
                case "else", "elifdef", "elifndef": if conditions.isEmpty { throw .unbalanced(place, word) }
                default: try include(word, argument, place, isConditional: !conditions.isEmpty, included, depth)
                }
            }
            append(statement, place, conditions.first, isOurs(statement.first))
        }
        if let open = conditions.last { throw .unbalanced(open, "ifdef") }
    }

    private mutating func include(
        _ word: String,
        _ argument: String,
        _ place: Place,
        isConditional: Bool,
        _ included: (String) -> FileAnswer?,
        _ depth: Int
    ) throws(Failure) {
        let path = expanded(argument)
        switch included(path) {
        case .file(let file)? where depth < 10:
            try read(path, EximText(file.bytes), included, depth: depth + 1)
        // In a condition that does not hold; Exim has read its configuration.
        case .absent? where isConditional, nil where isConditional: break
        case .absent? where word == "include_if_exists": break
        case nil where word == "include_if_exists" && path.hasPrefix("/") && path == argument: break
        case .unreadable(let why)?: throw .unreadable(path, why, place)
        case .file?, .absent?, nil: throw .unknownInclude(argument, place)
        }
    }

    /// With the values of macros that were defined before.
    private func expanded(_ path: String) -> String {
        guard path.contains(where: \.isUppercase) else { return path }
        let macros = items.compactMap { item in
            if case .macro(let name, let value) = item.kind { (name, value) } else { nil }
        }
        return macros.reversed().reduce(path) { $0.replacing($1.0, with: $1.1) }
    }

    private mutating func append(
        _ statement: EximText.Statement,
        _ place: Place,
        _ condition: Place?,
        _ isOurs: Bool
    ) {
        items.append(
            Item(
                kind: statement.kind,
                place: place,
                last: statement.last,
                condition: condition,
                isOurs: isOurs,
                inForce: statement.kind
            )
        )
    }

    /// The same with each item changed, in their order.
    func mapped(_ change: (inout Item) -> Void) -> EximStructure {
        var result = self
        for index in items.indices { change(&result.items[index]) }
        return result
    }

    /// - Throws: At the second of two drivers of one name, unless a condition may keep them apart.
    func checkNames() throws(Failure) {
        for section in ["routers", "transports", "authenticators"] {
            var seen: [String: Driver] = [:]
            for driver in allDrivers(in: section) {
                if let first = seen[driver.name], first.start.condition == nil, driver.start.condition == nil {
                    throw .twice(driver, first)
                }
                seen[driver.name] = driver
            }
        }
    }

    /// The `begin` of a section, if it is there.
    func beginning(of section: String) -> Item? { items.first { $0.kind == .begin(section: section) } }

    /// What comes behind a section.
    func end(of section: String) -> Item? {
        guard let start = items.firstIndex(where: { $0.kind == .begin(section: section) }) else { return nil }
        return items[(start + 1)...].first { if case .begin = $0.kind { true } else { false } }
    }

    /// The drivers of a section that are not ours, in order.
    func drivers(in section: String) -> [Driver] {
        allDrivers(in: section).filter { !$0.start.isOurs }.map { driver in
            var driver = driver
            driver.items.removeAll(where: \.isOurs)
            return driver
        }
    }

    /// The same with ours.
    func allDrivers(in section: String) -> [Driver] {
        var drivers: [Driver] = []
        var isInside = false
        for item in items {
            switch item.kind {
            case .begin(let name): isInside = name == section
            case .driver(let name) where isInside: drivers.append(Driver(name: name, start: item, items: []))
            default:
                if isInside, !drivers.isEmpty { drivers[drivers.count - 1].items.append(item) }
            }
        }
        return drivers.filter { $0.start.inForce != nil }
    }
}

extension Failure {
    fileprivate static func unbalanced(_ place: EximStructure.Place, _ word: String) -> Failure {
        Failure(
            "`.\(word)` has no `\(word == "ifdef" ? ".endif" : ".ifdef")`",
            hint: "put the missing line back; `exim -bV` shows whether Exim can read its configuration",
            at: place.text
        )
    }
    fileprivate static func unreadable(_ path: String, _ why: String, _ place: EximStructure.Place) -> Failure {
        Failure(
            "`\(path.escaped)` is included and cannot be read: \(why)",
            hint: "make it a file that root can read",
            at: place.text
        )
    }
    fileprivate static func unknownInclude(_ path: String, _ place: EximStructure.Place) -> Failure {
        Failure(
            "`\(path.escaped)` is included and does not exist",
            hint: "write the full path, without macros, of a file that exists, or remove the line",
            at: place.text
        )
    }
}
