package import MTAPlan

/// The results of the calls of a document.
///
/// A host's answer is data: whatever it says, the worst it can do is not be understood.
package struct ExecutorAnswer: Sendable, Hashable {
    /// How the cmdlets came: `remote`, `session`, `snapin`; `nil` where none were needed.
    package var shell: String?
    package private(set) var results: [String: Result] = [:]

    package enum Result: Sendable, Hashable {
        case objects([PowerShellObject])
        case failed(Trouble)
        /// A call before it failed that was needed.
        case skipped
    }

    /// An error, as PowerShell tells it.
    package struct Trouble: Sendable, Hashable {
        package var message: String
        /// `FullyQualifiedErrorId`.
        package var id: String
        /// `ObjectNotFound`.
        package var category: String

        package init(message: String, id: String, category: String) {
            self.message = message
            self.id = id
            self.category = category
        }
    }

    package init() {}

    package subscript(id: String) -> Result { results[id] ?? .skipped }

    /// The objects of a call; none where it failed.
    package func objects(_ id: String) -> [PowerShellObject] {
        if case .objects(let objects) = self[id] { objects } else { [] }
    }

    /// The trouble of a call; `nil` where it was done, or not reached.
    package func trouble(_ id: String) -> Trouble? {
        if case .failed(let trouble) = self[id] { trouble } else { nil }
    }

    /// Takes the frame of a nonce out of what the host printed.
    ///
    /// - Throws: When there is none, or it is not whole.
    package init(output: [UInt8], nonce: String, calls: [ExecutorCall]) throws(Failure) {
        let (begin, end) = (Array("<<MTACTL:".utf8), Array(">>".utf8))
        guard let start = output.firstRange(of: begin)?.upperBound,
            let stop = output[start...].firstRange(of: end)?.lowerBound
        else { throw .noFrame }
        let parts = output[start..<stop].split(separator: UInt8(ascii: ":"), maxSplits: 1)
        guard parts.count == 2, let body = Base64.decoded(String(decoding: parts[1], as: UTF8.self)) else {
            throw .notWhole
        }
        if parts[0].elementsEqual("fatal".utf8) { throw .fatal(Printable.text(body)) }
        guard parts[0].elementsEqual(nonce.utf8) else { throw .notWhole }
        try read(String(decoding: body, as: UTF8.self), calls: calls)
    }

    private mutating func read(_ text: String, calls: [ExecutorCall]) throws(Failure) {
        let known = Set(calls.map(\.id))
        let all = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        guard all.first == ["mtactl", "1"], all.last == ["end", "\(calls.count)"] else { throw .notWhole }
        // All lines of a call follow one another; a second answer to it, that it failed, is in place of the first.
        var lines = all.dropFirst().dropLast()
        while let line = lines.popFirst() {
            if line.count == 2, line[0] == "shell" {
                shell = Printable.line(String(line[1]))
                continue
            }
            guard line.count == 3, line[0] == "call", known.contains(String(line[1])) else { throw .notWhole }
            let count = lines.prefix { !["call", "shell"].contains($0[0]) }.count
            results[String(line[1])] = try Self.result(line[2], lines.prefix(count))
            lines.removeFirst(count)
        }
        guard Set(results.keys) == known else { throw .notWhole }
    }

    private static func result(_ word: Substring, _ lines: ArraySlice<[Substring]>) throws(Failure) -> Result {
        var objects: [PowerShellObject] = []
        var trouble = Trouble(message: "", id: "", category: "")
        for line in lines {
            switch line[0] {
            case "object": objects.append(PowerShellObject([:]))
            case "prop" where line.count >= 3 && !objects.isEmpty:
                guard let value = try Self.value(line[2], line.count > 3 ? line[3] : "") else { continue }
                objects[objects.count - 1].properties[String(line[1])] = value
            case "error" where line.count == 4:
                let words = try line.dropFirst().map { field throws(Failure) in try Self.decoded(field) }
                trouble = Trouble(message: words[0], id: words[1], category: words[2])
            default: throw .notWhole
            }
        }
        switch word {
        case "ok": return .objects(objects)
        case "failed": return .failed(trouble)
        case "skipped": return .skipped
        default: throw .notWhole
        }
    }

    /// - Returns: `nil` for a property that objects of this kind do not have.
    private static func value(
        _ kind: Substring,
        _ text: Substring
    ) throws(Failure) -> PowerShellObject.Value? {
        switch kind {
        case "text": return .text(try decoded(text))
        case "list":
            return .list(try text.split(separator: ",").map { item throws(Failure) in try decoded(item) })
        case "null": return .nothing
        case "absent": return nil
        default: throw .notWhole
        }
    }

    private static func decoded(_ text: Substring) throws(Failure) -> String {
        guard let bytes = Base64.decoded(String(text)) else { throw .notWhole }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Failure {
    static let noFrame = Failure("PowerShell did not answer")

    fileprivate static let notWhole = Failure(
        "PowerShell's answer was cut off",
        hint: "does the login shell on the host print or cut long lines?"
    )

    fileprivate static func fatal(_ words: String) -> Failure {
        SecondHop.failure(for: words) ?? Failure("PowerShell could not run mtactl's program: \(Printable.line(words))")
    }
}
