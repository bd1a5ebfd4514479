import MTAPlan

/// `/etc/exim.conf.local`: what an administrator adds to the configuration that cPanel makes, section by section.
///
/// A section begins after a line `@NAME@` in the first column and ends before the next one; cPanel puts its text, less
/// the line breaks at its ends, where its template has that mark. Indented, a mark is text of the section before it.
///
/// Laws: what is not ours stays byte for byte; setting our blocks twice is setting them once.
///
/// Source: docs.cpanel.net, "Exim Configuration Manager - Advanced Editor"; files of hosts that vendors of smarthosts
/// publish.
struct CPanelLocal: Sendable, Equatable {
    static let path = "/etc/exim.conf.local"

    private(set) var text: EximText

    init(_ bytes: [UInt8]) { text = EximText(bytes) }

    /// A section of the file, as the template calls it.
    enum Section: String, Sendable, CaseIterable {
        case authenticators = "AUTH"
        /// Before the hourly limits by domain.
        case routerStart = "ROUTERSTART"
        /// After them.
        case postMailCount = "POSTMAILCOUNT"
        case transportStart = "TRANSPORTSTART"

        var mark: String { "@\(rawValue)@" }
    }

    /// The part of Exim's configuration that a section is put into, where it has drivers.
    static func part(of section: String) -> String? {
        if section == "AUTH" { return "authenticators" }
        if section.hasPrefix("TRANSPORT") { return "transports" }
        let routers = ["PREROUTERS", "ROUTER", "DIRECTOR", "POSTMAILCOUNT", "PRE"]
        return routers.contains { section.hasPrefix($0) } ? "routers" : nil
    }

    /// The lines of each section, in the order of the file; a section that is there twice is one to cPanel.
    var sections: [(name: String, mark: Int, lines: Range<Int>)] {
        var result: [(name: String, mark: Int, lines: Range<Int>)] = []
        for (index, line) in text.lines.enumerated() {
            guard let name = Self.name(line) else {
                if !result.isEmpty {
                    result[result.count - 1].lines = result[result.count - 1].lines.lowerBound..<index + 1
                }
                continue
            }
            result.append((name, index, index + 1..<index + 1))
        }
        return result
    }

    /// A section's text as cPanel puts it in its place.
    func content(of section: Section) -> [UInt8] {
        let lines = sections.filter { $0.name == section.rawValue }.flatMap { text.lines[$0.lines] }.joined()
        let start = lines.drop { $0 == 0x0A || $0 == 0x0D }
        return Array(start.reversed().drop { $0 == 0x0A || $0 == 0x0D }.reversed())
    }

    /// Puts our blocks into their sections, and takes those out that are there already.
    ///
    /// They are right after the mark; of routers, those that copy, refuse, hold or filter come before ours.
    ///
    /// `senders`: The routers whose place ours take; `isLast`: whether transports are at the end of their section.
    ///
    /// - Throws: Where a mark is missing, or indented.
    mutating func setOurs(
        before senders: Set<String>,
        isLast: Bool = false,
        _ blocks: [(section: Section, lines: [String])]
    ) throws(Failure) {
        do { try text.removeBlocks() } catch { throw .unpairedMarks(at: "\(Self.path):\(error.line)") }
        for (section, lines) in blocks where !lines.isEmpty {
            let first = try place(in: section, before: senders)
            let end = isLast && section == .transportStart ? sections.last { $0.name == section.rawValue } : nil
            let line = end?.lines.upperBound ?? first
            text.insert([EximText.begin] + lines + [EximText.end], at: line)
        }
    }

    private func place(in section: Section, before senders: Set<String>) throws(Failure) -> Int {
        let found = sections.filter { $0.name == section.rawValue }
        guard let mark = found.first?.mark else { throw missing(section) }
        var place = mark + 1
        guard Self.part(of: section.rawValue) == "routers" else { return place }
        for section in found {
            let drivers = try PanelDriver.all(in: text, lines: section.lines, part: "routers", file: Self.path)
            for driver in drivers {
                if senders.contains(driver.name) { return place }
                place = driver.isWhole ? driver.lines.upperBound : section.lines.upperBound
            }
        }
        return place
    }

    /// Takes whole lines out.
    mutating func remove(_ lines: [Range<Int>]) {
        text.remove(lines)
    }

    /// Why nothing can be put into a section that is not there.
    func missing(_ section: Section) -> Failure {
        let indented = text.lines.firstIndex { $0.trimmed.text == section.mark }
        return .missingMark(
            section,
            at: indented.map { "\(Self.path):\($0 + 1)" } ?? Self.path,
            isIndented: indented != nil
        )
    }

    /// `AUTH` of a line `@AUTH@`, and of `%RETRYBLOCK%` likewise.
    private static func name(_ line: [UInt8]) -> String? {
        guard let first = line.first, first == UInt8(ascii: "@") || first == UInt8(ascii: "%") else { return nil }
        let rest = line.dropFirst()
        guard let end = rest.firstIndex(of: first), end > rest.startIndex else { return nil }
        return rest[..<end].text
    }
}

extension Failure {
    fileprivate static func missingMark(_ section: CPanelLocal.Section, at place: String, isIndented: Bool) -> Failure {
        Failure(
            isIndented
                ? "the marker `\(section.mark)` does not begin in the first column, so cPanel takes it for text"
                : "the marker `\(section.mark)` is missing, so cPanel would put nothing there",
            hint: isIndented
                ? "move it to the first column"
                : "open and save WHM's Exim Configuration Manager, Advanced Editor, which writes all markers",
            at: place
        )
    }
}
