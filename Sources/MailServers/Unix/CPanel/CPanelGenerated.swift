import MTAPlan

/// The `/etc/exim.conf` that cPanel would make of a changed `exim.conf.local`, as far as that can be determined for
/// certain.
///
/// cPanel puts a section's text where its template has the section's mark, and two line breaks after it. So a section
/// that has text is found again by it; one that has none by the lines of the template around its mark.
struct CPanelGenerated {
    static let path = "/etc/exim.conf"

    /// The file as it is.
    let bytes: [UInt8]
    /// Lines of the template around marks, with the marks.
    let template: [String]

    /// - Returns: `nil` where a section is not found, or found more than once.
    func changed(from old: CPanelLocal, to new: CPanelLocal) -> [UInt8]? {
        var result = bytes
        for section in CPanelLocal.Section.allCases {
            let (before, after) = (old.content(of: section), new.content(of: section))
            if before == after { continue }
            guard let range = range(of: before, section, in: result) else { return nil }
            result.replaceSubrange(range, with: after)
        }
        return result
    }

    private func range(of content: [UInt8], _ section: CPanelLocal.Section, in bytes: [UInt8]) -> Range<Int>? {
        guard content.isEmpty else {
            return bytes.onlyRange(of: [0x0A] + content + [0x0A, 0x0A]).map { $0.lowerBound + 1..<$0.upperBound - 2 }
        }
        guard let mark = template.firstIndex(of: section.mark), template.lastIndex(of: section.mark) == mark else {
            return nil
        }
        let above = template[..<mark].reversed().prefix { !$0.isMark }.reversed()
        let below = template[(mark + 1)...].prefix { !$0.isMark }
        // The mark's line became two line breaks.
        let head = above.map { "\($0)\n" }.joined()
        let found = bytes.onlyRange(of: Array((head + "\n\n" + below.map { "\($0)\n" }.joined()).utf8))
        return found.map { $0.lowerBound + head.utf8.count..<$0.lowerBound + head.utf8.count }
    }
}

extension String {
    /// A mark of a section, or the line with which grep divides what it found.
    fileprivate var isMark: Bool { hasPrefix("@") || hasPrefix("%") || self == "--" }
}

extension [UInt8] {
    /// Where the pattern is, if it is there once.
    fileprivate func onlyRange(of pattern: [UInt8]) -> Range<Int>? {
        guard let first = firstRange(of: pattern) else { return nil }
        return self[(first.lowerBound + 1)...].firstRange(of: pattern) == nil ? first : nil
    }
}
