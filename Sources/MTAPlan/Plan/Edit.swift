/// One difference between a site as it was found and as it is to be: what people see and what is counted.
///
/// A site is as asked when it has none. Whoever shows, saves or reports a plan knows edits alone, never the work that
/// leads there. No secret is in an edit, neither ours nor the host's.
package struct Edit: Sendable, Hashable, Codable {
    package enum Subject: String, Sendable, Hashable, Codable {
        case file
        /// A value that a program of the host reads and writes.
        case setting
        /// A thing with properties, such as a Send connector: shown as its properties, sorted by name.
        case object
        /// A file that the host makes of others, shown where it can be determined beforehand. It follows from other
        /// edits.
        case generated
    }

    package enum Verb: String, Sendable, Hashable, Codable {
        case edit, create, remove
    }

    package var subject: Subject
    /// The path of a file; what a setting or an object is called.
    package var name: String
    package var verb: Verb
    /// Owner and mode of a file that is new or changed: `root:root 0640`; else empty.
    package var detail: String
    /// As `diff -u` prints it.
    package var diff: String

    package init(_ subject: Subject, _ name: String, _ verb: Verb, detail: String = "", diff: String) {
        self.subject = subject
        self.name = name
        self.verb = verb
        self.detail = detail
        self.diff = diff
    }
}
