internal import Foundation
package import MTAPlan

extension RunOpening {
    /// More than a person reads; a larger plan is kept without its diffs.
    private static let most = 256 << 10

    /// The edits as a run's folder keeps them; `nil` where there is nothing to keep.
    var shownEdits: [UInt8]? {
        if edits.isEmpty { return nil }
        if let bytes = Self.encoded(edits), bytes.count <= Self.most { return bytes }
        return Self.encoded(
            edits.map { Edit($0.subject, $0.name, $0.verb, detail: $0.detail, diff: "") }
        )
    }

    private static func encoded(_ edits: [Edit]) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return [UInt8](try encoder.encode(edits)) } catch { return nil }
    }
}

extension [Edit] {
    /// What a host kept of a plan: its own words by now, so each is made printable; none where it cannot be read.
    package init(kept bytes: [UInt8]) {
        do {
            self = try JSONDecoder().decode([Edit].self, from: Data(bytes)).map { edit in
                Edit(
                    edit.subject,
                    Printable.line(edit.name),
                    edit.verb,
                    detail: Printable.line(edit.detail),
                    diff: Printable.text(edit.diff)
                )
            }
        } catch {
            self = []
        }
    }
}

extension Edit {
    /// Its heading and its diff, one line each.
    package var lines: [String] {
        ["\(verb.rawValue) \(name)" + (detail.isEmpty ? "" : "  \(detail)")]
            + diff.split(separator: "\n").map { "    \($0)" }
    }
}

extension String {
    /// A manifest without the SHA-256 of any file.
    var withoutHashes: String { replacing(/[0-9a-f]{64}/, with: "…") }
}
