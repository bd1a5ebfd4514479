import MTAPlan

/// `master.cf`: the services that are there, and ours between our marks at its end.
///
/// Ours are those that are called `mtactl-…`: `postconf -P` rewrites a service behind the comments that follow it, so a
/// host's own can come to be between the marks, and ours outside of them.
///
/// Law: `MasterCF(bytes).bytes == bytes`, for all bytes.
///
/// Source: master(5), "Syntax". Postfix 3.7 to 3.11.
struct MasterCF: Sendable, Equatable {
    private var text: ConfigLines

    init(_ bytes: [UInt8]) { text = ConfigLines(bytes) }

    var bytes: [UInt8] { text.bytes }

    /// One service, as master(8) reads it.
    struct Service: Sendable, Equatable {
        /// The number of its first line, counted from 1.
        var line: Int
        var name: String
        /// `inet`, `unix`, `unix-dgram`, `fifo` or `pass`.
        var type: String
        /// `y`, `n` or `-`.
        var chroot: String
        /// The program's name, as in `smtp`.
        var command: String
        /// How many there may be at a time: a number, or `-`.
        var processes: String
        /// What the program is started with.
        var arguments: [Argument]
        /// Whether it is called as ours are, in a file that has our marks.
        var isOurs: Bool
    }

    /// The services that can be read; a line with too few fields is none, and Postfix does not start with it.
    func services() throws(Failure) -> [Service] {
        let block = try text.block()
        return text.logical.compactMap { logical in
            let words = Self.words(text.content(of: logical))
            guard words.count >= 8 else { return nil }
            return Service(
                line: logical.first + 1,
                name: words[0],
                type: words[1],
                chroot: words[4],
                command: words[7],
                processes: words[6],
                arguments: Service.arguments(words[8...]),
                isOurs: block != nil && Self.isOurs(words[0])
            )
        }
    }

    static func isOurs(_ name: String) -> Bool { name.hasPrefix("mtactl-") }

    /// Makes these lines, given without line breaks, what is between our marks; no lines, no block.
    ///
    /// A service of the host's that is there is put before the marks, and one of ours outside of them goes.
    mutating func setOurs(_ lines: [String]) throws(Failure) {
        let wanted = lines.map { Array($0.utf8) }
        guard let block = try text.block() else { return try text.setBlock(wanted) }
        let strangers = text.logical.filter { logical in
            let name = Self.words(text.content(of: logical)).first ?? ""
            return block.contains(logical.first) ? !Self.isOurs(name) : Self.isOurs(name)
        }
        let isOwn = { (logical: ConfigLines.Logical) in block.contains(logical.first) }
        let kept = strangers.filter(isOwn).flatMap(\.lines).map { text.lines[$0] }
        let lost = strangers.filter { !isOwn($0) }.flatMap(\.lines)
        try text.setBlock(wanted)
        // Those before the block keep their numbers; those behind it are further on or back by what it grew.
        let grown = try text.block().map { $0.count } ?? 0
        let moved = lost.map { $0 > block.upperBound ? $0 + grown - block.count : $0 }
        let start = try text.block()?.lowerBound ?? min(block.lowerBound, text.lines.count)
        text.replace(start..<start, with: kept)
        text.remove(lines: moved.map { $0 >= start ? $0 + kept.count : $0 })
    }

    /// A brace that is not closed makes no word of what is behind it.
    private static func words(_ bytes: [UInt8]) -> [String] {
        var result: [String] = []
        var start: Int?
        var depth = 0
        for (index, byte) in bytes.enumerated() {
            if depth == 0, byte.isBlank {
                if let from = start { result.append(bytes[from..<index].text) }
                start = nil
                continue
            }
            start = start ?? index
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
        }
        if depth == 0, let from = start { result.append(bytes[from...].text) }
        return result
    }
}

extension MasterCF.Service {
    /// One argument of the program: a parameter with a value of the service's own, or anything else.
    enum Argument: Sendable, Equatable {
        case option(name: String, value: String)
        case other(String)
    }

    /// `words`: With braces around those that hold white space.
    ///
    /// Source: master(5), "-o name=value" and "-o { name = value }"; getopt(3) also takes `-oname=value`.
    fileprivate static func arguments(_ words: ArraySlice<String>) -> [Argument] {
        var result: [Argument] = []
        var words = words
        while let word = words.popFirst() {
            var pair: String
            if word == "-o", let next = words.popFirst() {
                pair = next
            } else if word.hasPrefix("-o") {
                pair = String(word.dropFirst(2))
            } else {
                result.append(.other(word))
                continue
            }
            if pair.hasPrefix("{"), pair.hasSuffix("}") { pair = String(pair.dropFirst().dropLast()) }
            let bytes = Array(pair.utf8)
            let equals = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.endIndex
            result.append(
                .option(name: bytes[..<equals].trimmed.text, value: bytes[equals...].dropFirst().trimmed.text)
            )
        }
        return result
    }

    /// The value that the service has of its own for a parameter.
    func option(_ name: String) -> String? {
        let values = arguments.compactMap { if case .option(name, let value) = $0 { value } else { nil } }
        return values.last
    }

    /// What `postconf -P NAME/TYPE` prints of the service: its options, by name.
    ///
    /// Source: tried with 3.7.11, 3.10.13 and 3.11.7.
    var printedOptions: String {
        var values: [String: String] = [:]
        for case .option(let name, let value) in arguments { values[name] = MainCF.printed(value) }
        return values.sorted { $0.key < $1.key }.map { option, value in
            "\(name)/\(type)/\(option) =" + (value.isEmpty ? "" : " \(value)")
        }.joined(separator: "\n")
    }
}
