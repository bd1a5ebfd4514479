import MTAPlan

/// The sections and drivers of an Exim configuration, over all the files that it is made of.
struct EximStructure: Sendable {
    /// Where a line stands: the file as it was asked for, and the index of the line.
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
        /// The line of the outermost `.ifdef` that it stands in.
        var condition: Place?
        /// Whether it stands between our marks, or in a file of ours.
        var isOurs: Bool
    }

    struct Driver: Sendable {
        var name: String
        var start: Item
        /// Its options, and the directives between them.
        var items: [Item]

        func option(_ name: String) -> String? {
            let values = items.compactMap { item -> String? in
                if case .option(name, let value) = item.kind { value ?? "" } else { nil }
            }
            return values.first
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
        for statement in text.statements {
            let place = Place(file: path, line: statement.first)
            if case .directive(let word, let argument) = statement.kind {
                switch word {
                case "ifdef", "ifndef": conditions.append(place)
                case "endif":
                    guard conditions.count > 1 else {
                        if conditions.popLast() == nil { throw .unbalanced(place, word) }
                        append(statement, place, place, blocks)
                        continue
                    }
                    conditions.removeLast()
                case "else", "elifdef", "elifndef": if conditions.isEmpty { throw .unbalanced(place, word) }
                default:
                    switch included(argument) {
                    case .file(let file)? where depth < 10:
                        try read(argument, EximText(file.bytes), included, depth: depth + 1)
                    case .absent? where word == "include_if_exists", nil where word == "include_if_exists": break
                    // In a condition that does not hold; Exim has read its configuration.
                    case .absent? where !conditions.isEmpty, nil where !conditions.isEmpty: break
                    case .unreadable(let why)?: throw .unreadable(argument, why, place)
                    case .file?, .absent?, nil: throw .unknownInclude(argument, place)
                    }
                }
            }
            append(statement, place, conditions.first, blocks)
        }
        if let open = conditions.last { throw .unbalanced(open, "ifdef") }
    }

    private mutating func append(
        _ statement: EximText.Statement,
        _ place: Place,
        _ condition: Place?,
        _ blocks: [ClosedRange<Int>]
    ) {
        items.append(
            Item(
                kind: statement.kind,
                place: place,
                last: statement.last,
                condition: condition,
                isOurs: blocks.contains { $0.contains(statement.first) } || place.file.hasSuffix("_mtactl")
            )
        )
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

    /// The drivers of a section that are not ours, in order.
    func drivers(in section: String) -> [Driver] { allDrivers(in: section).filter { !$0.start.isOurs } }

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
        return drivers
    }
}

extension EximStructure.Driver {
    /// Whether mail for any remote domain can be taken by it.
    var takesRemoteMail: Bool {
        guard let driver = option("driver"), driver != "ipliteral" else { return false }
        if let domains = option("domains") {
            return domains.contains("!") || domains.split { ": ;".contains($0) }.contains("*")
        }
        let limits = ["local_parts", "local_part_prefix", "local_part_suffix", "check_local_user", "require_files"]
        switch driver {
        case "dnslookup", "manualroute", "iplookup", "queryprogram": return true
        default: return !limits.contains { option($0) != nil }
        }
    }

    /// Whether all mail for remote domains is.
    var takesAllRemoteMail: Bool {
        takesRemoteMail && !["senders", "condition", "local_parts", "require_files"].contains { option($0) != nil }
    }
}

extension Failure {
    fileprivate static func unbalanced(_ place: EximStructure.Place, _ word: String) -> Failure {
        Failure(
            "`.\(word)` has no `\(word == "ifdef" ? ".endif" : ".ifdef")`",
            hint: "put the missing line back; `exim -bV` tells whether Exim can read its configuration",
            at: place.text
        )
    }
    fileprivate static func unreadable(_ path: String, _ why: String, _ place: EximStructure.Place) -> Failure {
        Failure(
            "\(path.escaped) is included and cannot be read: \(why)",
            hint: "make it a file that root can read",
            at: place.text
        )
    }
    fileprivate static func unknownInclude(_ path: String, _ place: EximStructure.Place) -> Failure {
        Failure(
            "`\(path.escaped)` is included and is not there",
            hint: "write the whole path of a file that is there, or take the line out",
            at: place.text
        )
    }
}
