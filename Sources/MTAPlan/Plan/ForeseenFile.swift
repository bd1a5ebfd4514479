/// A file that the host makes from others, as it is and as it is going to be: for showing alone.
package struct ForeseenFile: Sendable, Hashable {
    package var path: String
    /// The bytes that the host is going to make.
    package var becomes: [UInt8]
    let found: [UInt8]
    /// What changes in it, as `diff -u` prints it and as it was chosen to be shown; empty until then.
    package internal(set) var diff = ""

    package init(_ file: FoundFile, becomes bytes: [UInt8]) {
        path = file.realPath
        found = file.bytes
        becomes = bytes
    }

    package var edit: Edit { Edit(.generated, path, .edit, diff: diff) }
}
