/// What one host answered to the facts script.
package struct Facts: Sendable, Equatable {
    /// Keyed by the path that was asked for.
    package var files: [String: FileAnswer]
    /// Indexes of tables (`.db`) that were asked for and are there.
    ///
    /// Without their bytes, which tell no more than the tables do. One that is not there, or not to be looked at, is in
    /// `files`.
    package var indexes: [String: FoundFile]
    /// Keyed by the name that the script gave the question: `postfix.version`.
    package var answers: [String: Answer]
    /// What a Windows host answered, keyed by the question: `exchange.connectors`.
    package var objects: [String: PowerShellAnswer]
    /// What a product's administration interface answered, keyed by the question: `kerio.rules`.
    package var calls: [String: APIAnswer]

    package init(
        files: [String: FileAnswer] = [:],
        indexes: [String: FoundFile] = [:],
        answers: [String: Answer] = [:],
        objects: [String: PowerShellAnswer] = [:],
        calls: [String: APIAnswer] = [:]
    ) {
        self.files = files
        self.indexes = indexes
        self.answers = answers
        self.objects = objects
        self.calls = calls
    }

    /// A command's stdout as text, less the last line break, if it was run and exited 0.
    package func text(_ key: String) -> String? {
        guard let answer = answers[key], answer.status == 0 else { return nil }
        var bytes = answer.output[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func file(_ path: String) -> FoundFile? {
        if case .file(let file) = files[path] { file } else { nil }
    }

    /// The files and indexes that are there, by the path that was asked for.
    package var present: [String: FileChange.Found] {
        files.compactMapValues { if case .file(let file) = $0 { .file(file) } else { nil } }
            .merging(indexes.mapValues { .index($0) }) { file, _ in file }
    }

    /// The answer to a question.
    package struct Answer: Sendable, Hashable {
        package var output: [UInt8]
        package var errors: [UInt8]
        /// The exit status; 127 where there is no such program.
        package var status: Int

        package init(output: [UInt8], errors: [UInt8] = [], status: Int = 0) {
            self.output = output
            self.errors = errors
            self.status = status
        }
    }
}

/// The result of reading a file.
package enum FileAnswer: Sendable, Hashable {
    case absent
    /// There, but not to be read or not a file; in the host's words.
    case unreadable(String)
    case file(FoundFile)
}

/// A file as it was found.
package struct FoundFile: Sendable, Hashable {
    /// The path with all links followed.
    package var realPath: String
    package var bytes: [UInt8]
    package var mode: FileMode
    package var owner: String
    package var group: String
    package var inode: UInt64
    /// The time of the last change of the inode, as the host's stat(1) prints it.
    package var changed: String

    package init(
        realPath: String,
        bytes: [UInt8],
        mode: FileMode,
        owner: String,
        group: String,
        inode: UInt64 = 0,
        changed: String = ""
    ) {
        self.realPath = realPath
        self.bytes = bytes
        self.mode = mode
        self.owner = owner
        self.group = group
        self.inode = inode
        self.changed = changed
    }
}
