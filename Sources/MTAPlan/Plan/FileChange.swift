internal import Crypto

/// One file of a host: what it is expected to be, and what it is to become.
package struct FileChange: Sendable, Hashable {
    /// The file itself: links have been followed.
    package var path: String
    package var expected: Expected
    package var wanted: Wanted
    package var kind: Kind
    /// A table's index (`.db`), which the mail server reads instead of the file.
    package var index: Index?
    /// The diff as it was chosen to be shown; `nil` until then.
    package internal(set) var shown: String?
    /// SHA-256 of what the file becomes, in hexadecimal; `nil` where there is to be none, and for a file with secrets.
    package internal(set) var becomes: String?
    /// Where the change comes from, and with it what is known of the file's bytes.
    var origin: Origin
    /// What is wanted as a saved plan holds it; `nil` until that was chosen.
    var saved: Wanted?

    /// - Throws: When a secret of `wanted` was not looked up.
    package init(
        path: String,
        found: Found,
        wanted: Wanted,
        kind: Kind,
        index: Index? = nil,
        secrets: Secrets
    ) throws(Failure) {
        self.path = path
        self.expected = Expected(found, kind: kind)
        self.wanted = wanted
        self.kind = kind
        self.index = index
        origin =
            switch found {
            case .absent: .planned(over: [])
            case .file(let file): .planned(over: file.bytes)
            case .index: .planned(over: Array("[index]\n".utf8))
            }
        if kind != .secret, case .file(let content, _, _, _) = wanted {
            becomes = SHA256.hash(data: try content.rendered(with: secrets)).hexadecimal
        }
    }

    /// The bytes of the file as it was found; `nil` where there is none, and for a change of a saved plan.
    package var found: [UInt8]? {
        guard expected != .absent, case .planned(let bytes) = origin else { return nil }
        return bytes
    }

    enum Origin: Sendable, Hashable {
        /// Planned in this process, for a file with these bytes; none where there is no file.
        case planned(over: [UInt8])
        /// Read from a saved plan, which keeps none of a host's bytes.
        case saved
    }

    package enum Found: Sendable, Hashable {
        case absent
        case file(FoundFile)
        /// Of a table: its bytes are neither known nor shown.
        case index(FoundFile)

        package var file: FoundFile? {
            switch self {
            case .absent: nil
            case .file(let file), .index(let file): file
            }
        }
    }

    /// What is compared just before anything is changed.
    package enum Expected: Sendable, Hashable, Codable {
        case absent
        /// SHA-256 of the bytes, in hexadecimal.
        case hash(String)
        /// For a file with secrets: a hash of it in a saved plan could be searched for a weak password.
        case inode(UInt64, changed: String)

        init(_ found: Found, kind: Kind) {
            switch (found, kind) {
            case (.absent, _): self = .absent
            case (.file(let file), .secret), (.index(let file), _):
                self = .inode(file.inode, changed: file.changed)
            case (.file(let file), _): self = .hash(SHA256.hash(data: file.bytes).hexadecimal)
            }
        }
    }

    /// What is done to the file, as reports call it.
    package var verb: Edit.Verb {
        switch (expected, wanted) {
        case (_, .absent): .remove
        case (.absent, .file): .create
        case (_, .file): .edit
        }
    }

    /// The change as it is shown and counted.
    package var edit: Edit {
        var detail = ""
        if case .file(_, let mode, let owner, let group) = wanted { detail = "\(owner):\(group) \(mode)" }
        return Edit(.file, path, verb, detail: detail, diff: diff)
    }

    package enum Wanted: Sendable, Hashable, Codable {
        case absent
        case file(Content, mode: FileMode, owner: String, group: String)
    }

    /// The order in which files are put in place, and how they are shown.
    package enum Kind: Int, Sendable, Hashable, Codable, Comparable {
        /// Holds secrets. Put in place first, so that nothing that is read refers to a login that is not there.
        case secret
        case table
        case configuration

        package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    package struct Index: Sendable, Hashable, Codable {
        /// What is appended to the file's path: `.db`.
        package var suffix: String
        /// Builds the index of the file whose path is in place of the word part `{}`.
        package var build: Command
        /// Whether the program builds several at once: then the word with `{}` comes once for each.
        package var takesMany: Bool

        package init(suffix: String, build: Command, takesMany: Bool = false) {
            self.suffix = suffix
            self.build = build
            self.takesMany = takesMany
        }
    }
}

/// Permission bits, as chmod(1) takes them: `0640`.
package struct FileMode: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
    package var rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    package init?(octal text: some StringProtocol) {
        guard let value = UInt16(text, radix: 8), value <= 0o7777 else { return nil }
        rawValue = value
    }
    package var description: String {
        let digits = String(rawValue, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
