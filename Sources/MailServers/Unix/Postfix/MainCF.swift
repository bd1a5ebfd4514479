import MTAPlan

/// `main.cf`, edited one parameter at a time.
///
/// Where a parameter is given twice, Postfix takes the last, and so does this. A parameter that the file does not
/// have yet is put between our marks at the end.
///
/// Laws: `MainCF(bytes).bytes == bytes`; after `set`, `value` gives what was set; setting twice is setting once; all
/// lines but those of the parameter stay byte for byte, also comments inside its value.
///
/// Source: postconf(5), "The general format of the main.cf file". Postfix 3.7 to 3.11.
struct MainCF: Sendable, Equatable {
    private var text: ConfigLines {
        didSet { if text != oldValue { contents = Contents(text) } }
    }
    /// What the lines say: read once, as dozens of parameters are asked for.
    private var contents: Contents

    init(_ bytes: [UInt8]) {
        text = ConfigLines(bytes)
        contents = Contents(text)
    }

    var bytes: [UInt8] { text.bytes }

    /// The value without white space at its ends, or `nil` where the file does not have the parameter.
    func value(of name: String) -> String? { definitions(of: name).last?.value }

    /// A value as `postconf -h` prints it, which is with one blank for any white space.
    ///
    /// Source: tried with 3.7.11 and 3.10.13.
    static func printed(_ value: String) -> String {
        value.utf8.split(whereSeparator: \.isBlank).map(\.text).joined(separator: " ")
    }

    /// The numbers of the lines that define the parameter, counted from 1.
    func lineNumbers(of name: String) -> [Int] { definitions(of: name).map { $0.lines.first + 1 } }

    /// Every parameter that the file has, in the order of first appearance.
    var names: [String] {
        contents.definitions.indices.filter { contents.places[contents.definitions[$0].name]?.first == $0 }
            .map { contents.definitions[$0].name }
    }

    /// Every setting and the value that counts.
    var values: [String: String] {
        Dictionary(contents.definitions.map { ($0.name, $0.value) }) { _, last in last }
    }

    /// Puts back what ours replaced, and replaces these settings again where they have a value of the host's.
    mutating func replace(only names: [String]) throws(Failure) {
        text.restoreReplaced()
        let block = try text.block()
        for found in names.flatMap(definitions) where block?.contains(found.lines.first) != true {
            if !found.value.isEmpty, !found.value.hasPrefix("mtactl-") { text.replaceLines(found.lines.lines) }
        }
    }

    /// As the host would have it without anything of ours.
    func withoutOurs() throws(Failure) -> MainCF {
        var own = self
        try own.replace(only: [])
        try own.remove("default_transport") { $0.hasPrefix("mtactl-") }
        for name in Self.lists { try own.setOurs([], in: name, isOurs: Postfix.isOurs) }
        for name in try own.namesInBlock() { try own.remove(name) { _ in true } }
        return own
    }

    /// Lists of tables in which some can be ours.
    static let lists = ["transport_maps", "sender_dependent_default_transport_maps", "sender_canonical_maps"]

    /// - Throws: Where our marks are not one pair, whether or not anything is to change between them.
    func checkMarks() throws(Failure) { _ = try text.block() }

    /// Whether the definition that counts is between our marks.
    func isInBlock(_ name: String) throws(Failure) -> Bool {
        guard let last = definitions(of: name).last, let block = try text.block() else { return false }
        return block.contains(last.lines.first)
    }

    /// Those of which the definition that counts is between our marks.
    private func namesInBlock() throws(Failure) -> [String] {
        guard let block = try text.block() else { return [] }
        return names.filter { name in definitions(of: name).last.map { block.contains($0.lines.first) } ?? false }
    }

    /// Gives the parameter this value in the place where it is, or between our marks.
    mutating func set(_ name: String, to value: String) throws(Failure) {
        guard let found = definitions(of: name).last, let place = text.place(of: found) else {
            return try add(name, value)
        }
        guard found.value != value else { return }
        let used = place.value.filter { !$0.byte.isBlank && $0.at.line == place.start.line }.map(\.at.column)
        var edited = text
        if let first = used.first, let last = used.last { edited.remove(first..<last + 1, of: place.start.line) }
        let blank = place.needsBlank && !value.isEmpty ? " " : ""
        edited.insert(Array((blank + value).utf8), at: place.start)
        edited.remove(lines: found.lines.lines.filter { $0 > place.start.line })
        text = edited
    }

    /// Gives the parameter this value between our marks, or takes it from there.
    mutating func setOwn(_ name: String, to value: String?) throws(Failure) {
        if let value { return try set(name, to: value) }
        // What was replaced may be again before the block: that is the host's own.
        guard let block = try text.block() else { return }
        let ours = definitions(of: name).filter { block.contains($0.lines.first) }
        text.remove(lines: ours.flatMap(\.lines.lines))
        try dropEmptyBlock()
    }

    /// Takes out every definition for which the test is true of the value; comments between its lines stay.
    mutating func remove(_ name: String, where isOurs: (String) -> Bool) throws(Failure) {
        let ours = definitions(of: name).filter { isOurs($0.value) }
        text.remove(lines: ours.flatMap(\.lines.lines))
        try dropEmptyBlock()
    }

    /// Makes these the first tables of a list and takes out others that are ours; the rest stays as it is written.
    ///
    /// A list that ends up empty is removed where it is between our marks, and stays, empty, elsewhere.
    mutating func setOurs(_ wanted: [String], in name: String, isOurs: (String) -> Bool) throws(Failure) {
        guard let value = value(of: name) else { return wanted.isEmpty ? () : try add(name, joined(wanted)) }
        let items = MapList.texts(value)
        let foreign = items.filter { !isOurs($0) }
        if items == wanted + foreign { return }
        removeItems(of: name, where: isOurs)
        if foreign.isEmpty, wanted.isEmpty, try isInBlock(name) {
            text.remove(lines: definitions(of: name).last?.lines.lines ?? [])
            try dropEmptyBlock()
        } else if foreign.isEmpty {
            try set(name, to: joined(wanted))
        } else if let found = definitions(of: name).last, let first = text.place(of: found)?.value.first {
            text.insert(Array((wanted.map { $0 + ", " }.joined()).utf8), at: first.at)
        }
    }

    private func joined(_ items: [String]) -> String { items.joined(separator: ", ") }

    private mutating func removeItems(of name: String, where isOurs: (String) -> Bool) {
        while let found = definitions(of: name).last, let value = text.place(of: found)?.value {
            let items = MapList.items(in: value.map(\.byte))
            guard let index = items.lastIndex(where: { isOurs(value[$0].map(\.byte).text) }) else { return }
            // With the separators that are on the same line: those after it, or, of the last item, those before.
            var range = items[index]
            let (first, last) = (value[range.lowerBound].at.line, value[range.upperBound - 1].at.line)
            if index + 1 < items.count {
                let after = value[range.upperBound..<items[index + 1].lowerBound].prefix { $0.at.line == last }
                // A comma that the rest began with stays: Plesk writes one.
                let isOurs = after.dropFirst(2).first?.byte == UInt8(ascii: ",")
                range = range.lowerBound..<(isOurs ? after.startIndex + 2 : after.endIndex)
            } else if index > 0 {
                let before = value[items[index - 1].upperBound..<range.lowerBound]
                range = (before.firstIndex { $0.at.line == first } ?? range.lowerBound)..<range.upperBound
            }
            erase(value[range].map(\.at), keeping: found.lines.first)
        }
    }

    /// Erases bytes, and lines of which only white space is left.
    private mutating func erase(_ positions: [ConfigLines.Position], keeping first: Int) {
        var edited = text
        for position in positions.reversed() {
            edited.remove(position.column..<position.column + 1, of: position.line)
        }
        let touched = Set(positions.map(\.line))
        edited.remove(lines: touched.filter { $0 != first && edited.lines[$0].trimmed.isEmpty })
        text = edited
    }

    private mutating func add(_ name: String, _ value: String) throws(Failure) {
        if let block = try text.block(), let line = text.continuation(after: block.upperBound) {
            throw .continuesOurs(line: line + 1)
        }
        var lines = try text.blockContent()
        let later = Self.order.drop { $0 != name }.dropFirst()
        let place = lines.firstIndex { line in later.contains { line.starts(with: Array("\($0) ".utf8)) } }
        lines.insert(Array("\(name) = \(value)".utf8), at: place ?? lines.endIndex)
        try text.setBlock(lines)
    }

    /// In which ours are between our marks, whatever was asked for before.
    private static let order = [
        "default_transport", "transport_maps", "sender_dependent_default_transport_maps", "sender_canonical_maps",
        "sender_canonical_classes",
    ]

    private mutating func dropEmptyBlock() throws(Failure) {
        guard let block = try text.block() else { return }
        if text.lines[block].dropFirst().dropLast().allSatisfy(\.trimmed.isEmpty) { try text.setBlock([]) }
    }

    private func definitions(of name: String) -> [Definition] {
        (contents.places[name] ?? []).map { contents.definitions[$0] }
    }
}

extension MainCF {
    /// One `name = value`.
    fileprivate struct Definition: Sendable, Equatable {
        var name: String
        var lines: ConfigLines.Logical
        /// Without white space at its ends.
        var value: String

        /// `nil` for a line without `=`, with which Postfix does not start.
        init?(_ lines: ConfigLines.Logical, in text: ConfigLines) {
            let bytes = text.content(of: lines)
            let name = bytes.prefix { !$0.isBlank && $0 != UInt8(ascii: "=") }
            let rest = bytes[name.endIndex...].drop(while: \.isBlank)
            guard rest.first == UInt8(ascii: "="), !name.isEmpty else { return nil }
            self.name = name.text
            self.lines = lines
            value = rest.dropFirst().trimmed.text
        }
    }

    /// The definitions of a file in their order, and where those of each name are among them.
    private struct Contents: Sendable, Equatable {
        let definitions: [Definition]
        let places: [String: [Int]]

        init(_ text: ConfigLines) {
            definitions = text.logical.compactMap { Definition($0, in: text) }
            places = Dictionary(grouping: definitions.indices) { [definitions] in definitions[$0].name }
        }
    }
}

extension ConfigLines {
    /// Where the value of a definition is.
    fileprivate struct ValuePlace {
        /// The bytes of the value with their places, without white space at the ends.
        var value: [(byte: UInt8, at: Position)]
        /// Where a value begins on the line that has the `=`.
        var start: Position
        /// Whether a value put there needs a blank before it to look as the rest does.
        var needsBlank: Bool
    }

    /// `nil` where there is no `=`.
    fileprivate func place(of definition: MainCF.Definition) -> ValuePlace? {
        let rest = cells(of: definition.lines).drop { $0.byte != UInt8(ascii: "=") }
        guard let equals = rest.first else { return nil }
        var value = rest.dropFirst().drop { $0.byte.isBlank }
        while value.last?.byte.isBlank == true { value.removeLast() }
        let line = lines[equals.at.line]
        let after = equals.at.column + 1
        let column =
            line[after...].firstIndex { !$0.isBlank }
            ?? line[after...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? line.count
        return ValuePlace(
            value: Array(value),
            start: Position(line: equals.at.line, column: column),
            needsBlank: column == after && line[equals.at.column - 1].isBlank
        )
    }

    /// The index of the line behind this one that would continue a setting in it.
    fileprivate func continuation(after index: Int) -> Int? {
        let next = lines.indices.dropFirst(index + 1).first { line in
            lines[line].first { !$0.isBlank }.map { $0 != UInt8(ascii: "#") } ?? false
        }
        return next.flatMap { lines[$0][0].isBlank ? $0 : nil }
    }
}

extension Failure {
    fileprivate static func continuesOurs(line: Int) -> Failure {
        Failure(
            "line \(line) of main.cf begins with white space, so it would continue the lines between mtactl's markers",
            hint: "move `# BEGIN mtactl` and `# END mtactl` to the end of the file"
        )
    }
}
