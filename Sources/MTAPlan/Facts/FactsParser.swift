/// Reads what `facts.sh` prints.
package struct FactsParser: Sendable {
    private var frames: FrameParser
    private var reader = Reader()

    /// `nonce`: What was sent to the script as `N`.
    package init(nonce: String) {
        frames = FrameParser(nonce: nonce, limit: 64 << 20)
    }

    /// Takes in what the script printed next.
    ///
    /// - Returns: Everything that was asked for, also what could not be answered, as soon as the answer is whole; `nil`
    ///   before.
    /// - Throws: When the answer is larger than any honest one.
    package mutating func append(_ bytes: some Collection<UInt8>) throws(Failure) -> Facts? {
        for frame in try frames.append(bytes) { reader.read(frame) }
        return reader.isWhole ? reader.facts : nil
    }

    /// What one host answered, from the script's whole output.
    ///
    /// - Throws: When the answer is not whole, or larger than any honest one.
    package static func facts(from bytes: some Collection<UInt8>, nonce: String) throws(Failure) -> Facts {
        var parser = FactsParser(nonce: nonce)
        guard let facts = try parser.append(bytes) else { throw notWhole }
        return facts
    }

    /// What is wrong where the script's output ends too early.
    package static let notWhole = Failure(
        "the output of the facts script was cut off",
        hint: "the connection or the host's shell ended early: run `ssh HOST /bin/sh -c true` by hand, then try again"
    )

    /// One frame after another becomes facts.
    ///
    /// What it does not know it skips: a newer script may say more.
    private struct Reader: Sendable {
        var facts = Facts()
        var isWhole = false
        /// The file that the next frames are about.
        private var path: String?
        private var realPath: String?
        /// The files whose bytes come next, one after the other.
        private var held: [(path: String, file: FoundFile)] = []

        mutating func read(_ frame: Frame) {
            guard !isWhole else { return }
            switch frame {
            case .line(let words): read(line: words[0], words.dropFirst().joined(separator: " "))
            case .body(let name, let bytes, let status): read(body: name, bytes, status)
            }
        }

        private mutating func read(line word: String, _ rest: String) {
            switch word {
            case "bye": isWhole = true
            case "file":
                path = rest
                realPath = nil
            case "at": realPath = rest
            case "stat":
                guard let path, let file = realPath.flatMap({ Self.file(at: $0, stat: rest) }) else { return }
                held.append((path, file))
            case "unread":
                guard let (path, file) = held.popLast() else { return }
                facts.indexes[path] = file
            case "absent": answer(.absent)
            case "unreadable": answer(.unreadable(rest))
            default: break
            }
        }

        private mutating func read(body name: String, _ bytes: [UInt8], _ status: Int) {
            let (word, key) = name.splitAtBlank
            switch word {
            case "answer":
                facts.answers[key] = Facts.Answer(output: bytes, status: status)
            case "errors":
                facts.answers[key]?.errors = bytes
            case "bytes":
                read(bytes, sizes: key.split(separator: " ").compactMap { Int($0) }, isWhole: status == 0)
            default: break
            }
        }

        /// Gives each of the held files its part of the bytes, which fit only where no file has changed meanwhile.
        private mutating func read(_ bytes: [UInt8], sizes: [Int], isWhole: Bool) {
            let fits =
                isWhole && sizes.count == held.count && sizes.allSatisfy { 0...bytes.count ~= $0 }
                && sizes.reduce(0, +) == bytes.count
            var rest = bytes[...]
            for (index, entry) in held.enumerated() {
                guard fits else {
                    facts.files[entry.path] = .unreadable("it changed while it was being read")
                    continue
                }
                var file = entry.file
                file.bytes = Array(rest.prefix(sizes[index]))
                rest = rest.dropFirst(sizes[index])
                facts.files[entry.path] = .file(file)
            }
            held = []
        }

        private mutating func answer(_ answer: FileAnswer) {
            if let path { facts.files[path] = answer }
            path = nil
        }

        /// The file that `MODE OWNER GROUP INODE CHANGED…` is said of, without its bytes.
        private static func file(at path: String, stat: String) -> FoundFile? {
            let fields = stat.split(separator: " ", maxSplits: 4)
            guard fields.count == 5, let mode = FileMode(octal: fields[0]), let inode = UInt64(fields[3]) else {
                return nil
            }
            return FoundFile(
                realPath: path,
                bytes: [],
                mode: mode,
                owner: String(fields[1]),
                group: String(fields[2]),
                inode: inode,
                changed: String(fields[4])
            )
        }
    }
}

extension String {
    /// What is before the first blank, and what is after it.
    fileprivate var splitAtBlank: (String, String) {
        let parts = split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
}
