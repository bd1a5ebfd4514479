/// A file that the host makes from others, as it is and as it is going to be: for showing alone.
package struct ForeseenFile: Sendable, Hashable, Codable {
    package var path: String
    package var shown: FileChange.Shown

    /// - Parameter mask: A line as it may be shown.
    package init(_ file: FoundFile, becomes bytes: [UInt8], mask: (ArraySlice<UInt8>) -> [UInt8]) {
        path = file.realPath
        let masked = { (bytes: [UInt8]) in
            Array(bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { mask($0) }.joined(separator: [0x0A]))
        }
        shown = FileChange.Shown(before: masked(file.bytes), after: masked(bytes))
    }

    /// What changes in it, as `diff -u` prints it.
    package var diff: String { LineDiff.unified(shown.before, shown.after, path: path) }
}
