package import Foundation
package import MTAPlan

extension FileChange {
    /// The lines that were found and stay, as JSON writes them.
    package var linesKept: [Data] {
        get {
            let found = Set(LineDiff.lines(shown.before ?? []).map { Array($0) })
            return LineDiff.lines(shown.after ?? []).map { Array($0) }.filter(found.contains).compactMap {
                String(validating: $0.dropLast(), as: UTF8.self)?.data(using: .utf8)
            }
        }
    }
}
