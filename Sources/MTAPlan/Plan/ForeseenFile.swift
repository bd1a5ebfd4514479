/// A file that the host makes from others, as it is and as it is going to be: for showing alone.
package struct ForeseenFile: Sendable, Hashable {
    package var path: String
    package var shown: FileChange.Shown

    /// `mask`: A line as it may be shown.
    package init(_ file: FoundFile, becomes bytes: [UInt8], mask: (ArraySlice<UInt8>) -> [UInt8]) {
        path = file.realPath
        shown = FileChange.Shown(before: Self.masked(file.bytes, mask), after: Self.masked(bytes, mask))
    }

    private static func masked(_ bytes: [UInt8], _ mask: (ArraySlice<UInt8>) -> [UInt8]) -> [UInt8] {
        Array(bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { mask($0) }.joined(separator: [0x0A]))
    }

    /// What changes in it, as `diff -u` prints it.
    package var diff: String { LineDiff.unified(shown.before, shown.after, path: path) }

    package var edit: Edit { Edit(.generated, path, .edit, diff: diff) }
}
