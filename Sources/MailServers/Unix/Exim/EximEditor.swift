import MTAPlan

/// Puts our blocks where they belong in the host's own configuration.
struct EximEditor: Sendable {
    let host: EximHost
    let blocks: EximBlocks

    enum Section: String, CaseIterable {
        case routers, transports, authenticators
    }

    /// A block between marks in a file that is not ours.
    private struct Insertion {
        var place: EximStructure.Place
        var lines: [String]
    }

    /// What becomes of each file that is ours or holds a block of ours, by path; `nil` takes it away.
    func files() throws(Failure) -> [(path: String, text: EximText?)] {
        var insertions: [Insertion] = []
        var parts: [(path: String, text: EximText?)] = []
        var missing: [String] = []
        for section in Section.allCases {
            let lines = lines(of: section)
            if lines.isEmpty { continue }
            if section == .authenticators, let own = try passwordLine() {
                insertions.append(own)
            } else if host.layout == .split {
                parts.append((try EximParts(host: host).path(section, before: before(section)), part(section, lines)))
            } else if let place = try place(of: section) {
                insertions.append(Insertion(place: place, lines: lines))
            } else {
                missing += ["begin \(section.rawValue)"] + lines
            }
        }
        if !missing.isEmpty, let source = host.sources.last {
            let end = EximStructure.Place(file: source.path, line: source.text.lines.count)
            insertions.append(Insertion(place: end, lines: missing))
        }
        let gone = host.ownFiles.keys.filter { path in
            path.hasPrefix("\(host.folder)/conf.d/") && !parts.contains { $0.path == path }
        }
        return parts + gone.sorted().map { ($0, nil) } + (try edited(insertions))
    }

    private func lines(of section: Section) -> [String] {
        switch section {
        case .routers: blocks.routers
        case .transports: blocks.transports
        case .authenticators: blocks.authenticators
        }
    }

    private func part(_ section: Section, _ lines: [String]) -> EximText {
        let header = "# Written by mtactl and overwritten by it: \(section.rawValue)"
        return EximText(Array(([header] + lines).map { $0 + "\n" }.joined().utf8))
    }

    /// Each file of the host's with the blocks that it is to have, and no others.
    private func edited(_ insertions: [Insertion]) throws(Failure) -> [(path: String, text: EximText?)] {
        var result: [(path: String, text: EximText?)] = []
        for source in host.sources where !source.path.hasSuffix("_mtactl") {
            let own = insertions.filter { $0.place.file == source.path }
            var text = source.text
            do { try text.setBlocks(own.map { ($0.place.line, $0.lines) }) } catch {
                throw .unpairedMarks(at: "\(source.path):\(error.line)")
            }
            if text != source.text { result.append((source.path, text)) }
        }
        return result
    }

    // MARK: Places

    /// The line before which a block goes; `nil` where the section is missing and can be added.
    private func place(of section: Section) throws(Failure) -> EximStructure.Place? {
        let path = host.sources.last?.path ?? host.folder
        guard let beginning = host.structure.beginning(of: section.rawValue) else {
            if section == .authenticators { return nil }
            throw .noSection(section.rawValue, path)
        }
        if beginning.isOurs { return nil }
        if let condition = beginning.condition { throw .conditionalSection(section, condition) }
        var place = beginning.place
        place.line = beginning.last + 1
        if let driver = before(section) { place = above(driver.start) }
        guard host.sources.contains(where: { $0.path == place.file }) else { throw .elsewhere(section, place) }
        return place
    }

    /// The driver that has to come after ours.
    private func before(_ section: Section) -> EximStructure.Driver? {
        switch section {
        case .routers:
            let routers = host.structure.drivers(in: "routers")
            if case .relay = blocks.routes.localDomains { return routers.first }
            return routers.first(where: \.takesRemoteMail)
        // Macros that it uses are defined before it.
        case .transports: return EximRemoteTransport(host)?.driver
        case .authenticators: return nil
        }
    }

    /// Above a driver, the condition that it stands in and the comment that belongs to it.
    private func above(_ item: EximStructure.Item) -> EximStructure.Place {
        var place = item.condition ?? item.place
        guard let text = host.text(of: place.file) else { return place }
        while place.line > 0, text.isComment(place.line - 1) { place.line -= 1 }
        return place
    }

    /// The block for a host that has clients for LOGIN and PLAIN of its own: Debian's, which look a line up by the
    /// macro PASSWDLINE.
    ///
    /// - Throws: Where the host's clients do it in another way.
    private func passwordLine() throws(Failure) -> Insertion? {
        let clients = host.structure.drivers(in: "authenticators").filter { driver in
            ["LOGIN", "PLAIN"].contains(driver.option("public_name")?.uppercased())
                && (driver.option("client_send") != nil || driver.option("client_condition") != nil)
        }
        guard let first = clients.first else { return nil }
        let definition = host.structure.items.last { item in
            if case .macro("PASSWDLINE", _) = item.kind { !item.isOurs } else { false }
        }
        guard let definition, case .macro(_, let value) = definition.kind else {
            throw .otherLogin(first, first.option("public_name") ?? "")
        }
        for client in clients where client.option("client_send")?.contains("PASSWDLINE") != true {
            throw .otherLogin(client, client.option("public_name") ?? "")
        }
        var place = definition.place
        place.line = definition.last + 1
        return Insertion(place: place, lines: blocks.passwordLine(orElse: value))
    }
}

extension EximText {
    /// Whether a line is a comment, and none of our marks.
    fileprivate func isComment(_ index: Int) -> Bool {
        let line = lines[index].trimmed
        return line.first == UInt8(ascii: "#") && ![Self.begin, Self.end].contains(line.text)
    }

    /// Makes these the blocks of the file: each goes before the line that had the number when nothing was changed.
    fileprivate mutating func setBlocks(_ new: [(line: Int, lines: [String])]) throws(StrayMark) {
        let old = try blocks()
        // From the end, so that numbers above stay right; what goes before what comes in its place.
        let edits =
            old.map { (line: $0.lowerBound, order: 0, edit: Edit.remove($0)) }
            + new.map { (line: $0.line, order: 1, edit: .insert($0.lines)) }
        for (line, _, edit) in edits.sorted(by: { ($1.line, $0.order) < ($0.line, $1.order) }) {
            switch edit {
            case .remove(let block): remove(block)
            case .insert(let lines): insert([Self.begin] + lines + [Self.end], at: line)
            }
        }
    }

    private enum Edit {
        case remove(ClosedRange<Int>)
        case insert([String])
    }
}

extension EximHost {
    func text(of path: String) -> EximText? {
        sources.first { $0.path == path }?.text ?? facts.file(path).map { EximText($0.bytes) }
    }
}

extension Failure {
    fileprivate static func elsewhere(_ section: EximEditor.Section, _ place: EximStructure.Place) -> Failure {
        Failure(
            "the place for our \(section.rawValue) is in a file that is included",
            hint: "move `begin \(section.rawValue)` and what decides first into the main file",
            at: place.text
        )
    }
    fileprivate static func conditionalSection(_ section: EximEditor.Section, _ place: EximStructure.Place) -> Failure {
        Failure(
            "`begin \(section.rawValue)` stands in a condition, so it cannot be told whether the section is there",
            hint: "take `begin \(section.rawValue)` out of the condition",
            at: place.text
        )
    }
    static func noSection(_ section: String, _ path: String) -> Failure {
        Failure(
            "there is no `begin \(section)`, so nothing can be put there",
            hint: "is this the whole configuration? `exim -bP configure_file` names the file that Exim reads",
            at: path
        )
    }
}
