/// Reads what `facts.sh` prints.
package enum FactsParser {
    /// What one host answered.
    ///
    /// - Parameters:
    ///   - bytes: The script's whole output.
    ///   - nonce: What was sent to it as `N`.
    /// - Returns: Everything that was asked for, also what could not be answered.
    /// - Throws: When the answer is not whole, or larger than any honest one.
    package static func facts(from bytes: some Collection<UInt8>, nonce: String) throws(Failure) -> Facts {
        var parser = FrameParser(nonce: nonce, limit: 64 << 20)
        var reader = Reader()
        for frame in try parser.append(bytes) { reader.read(frame) }
        guard reader.isWhole else { throw .notWhole }
        return reader.facts
    }

    /// One frame after another becomes facts.
    ///
    /// What it does not know it passes over: a newer script may say more.
    private struct Reader {
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
                    facts.files[entry.path] = .unreadable("it changed while it was read")
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
    /// What stands before the first blank, and what stands after it.
    fileprivate var splitAtBlank: (String, String) {
        let parts = split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
}

extension Failure {
    fileprivate static let notWhole = Failure(
        "the answer to the questions is not whole",
        hint: "the connection or the host's shell ended early: try `ssh HOST /bin/sh -c true` by hand, then again"
    )
}
