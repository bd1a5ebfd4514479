import MTAPlan

/// Puts our blocks where they belong in the host's own configuration.
struct EximEditor: Sendable {
    let host: EximHost
    let blocks: EximBlocks

    enum Section: String, CaseIterable {
        case routers, transports, authenticators
    }

    /// A block between marks in a file that is not ours.
    struct Insertion {
        var place: EximStructure.Place
        var lines: [String]
        /// How many of the host's own lines it replaces.
        var replaced = 0
    }

    /// What happens to each file that is ours or holds a block of ours, by path; `nil` takes it away.
    func files() throws(Failure) -> [(path: String, text: EximText?)] {
        var insertions = try EximLoginSharing(host: host, blocks: blocks).insertions() + redirections
        var parts: [(path: String, text: EximText?)] = []
        var missing: [String] = []
        for section in Section.allCases {
            let lines = try lines(of: section)
            if lines.isEmpty { continue }
            if let path = try ownFile(for: section) {
                parts.append((path, part(section, lines)))
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

    /// The file of ours that a section goes into; `nil` where a block in somebody else's is needed.
    private func ownFile(for section: Section) throws(Failure) -> String? {
        guard host.layout == .split else { return nil }
        let next = before(section)
        if section == .routers, let next {
            let file = next.start.place.file
            let last = EximRouting(host).deciding.last
            if last?.driver.start.place.file == file { return nil }
        }
        return try EximParts(host: host).path(section, before: next, isLast: section == .transports && isLate)
    }

    private func lines(of section: Section) throws(Failure) -> [String] {
        switch section {
        case .routers: return blocks.routers
        case .transports: return blocks.transports
        case .authenticators:
            let shared = try EximLoginSharing(host: host, blocks: blocks).mechanisms
            return blocks.authenticators(except: shared)
        }
    }

    /// Routers of the host that send what they redirect to a router behind ours: they name the first of ours instead.
    private var redirections: [Insertion] {
        guard let first = blocks.firstRouter, let target = EximRouting(host).target else { return [] }
        let names = host.activeRouters.map(\.name)
        guard let place = names.firstIndex(of: target.driver.name) else { return [] }
        let behind = Set(EximRouting(host).senders.map(\.driver.name)).intersection(names[place...])
        return host.activeRouters.flatMap(\.items).compactMap { item in
            guard case .option(let option, let value?) = item.inForce, behind.contains(value),
                ["redirect_router", "pass_router"].contains(option)
            else { return nil }
            return Insertion(
                place: item.place,
                lines: ["  \(option) = \(first)"],
                replaced: item.last - item.place.line + 1
            )
        }
    }

    private func part(_ section: Section, _ lines: [String]) -> EximText {
        let header = "# Written by mtactl and overwritten by it: \(section.rawValue)"
        return EximText(Array(([header] + lines).map { $0 + "\n" }.joined().utf8))
    }

    /// Each file of the host's with the blocks that it is to have, and no others.
    private func edited(_ insertions: [Insertion]) throws(Failure) -> [(path: String, text: EximText?)] {
        var result: [(path: String, text: EximText?)] = []
        for source in host.sources + host.included where !source.path.hasSuffix("_mtactl") {
            let own = insertions.filter { $0.place.file == source.path }
            var text = source.text
            let blocks = own.map { EximText.Block(line: $0.place.line, lines: $0.lines, replaced: $0.replaced) }
            do { try text.setBlocks(blocks) } catch {
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
        if section == .transports, isLate {
            let end = host.structure.end(of: section.rawValue)
            place = end.map(above) ?? EximStructure.Place(file: path, line: host.sources.last?.text.lines.count ?? 0)
        } else if let driver = before(section) {
            place = outermost(above(driver.start), section)
        }
        if host.layout == .oneFile || host.sources.contains(where: { $0.path == place.file }) { return place }
        throw .elsewhere(section, place)
    }

    /// Whether our transports come behind all others, as what they use of these is defined between them.
    private var isLate: Bool {
        EximDefinitions(host).isLate(blocks.site.twins, before: before(.transports)?.start)
    }

    /// The driver that has to come after ours.
    private func before(_ section: Section) -> EximStructure.Driver? {
        let routing = EximRouting(host)
        switch section {
        case .routers:
            guard case .relay = blocks.routes.localDomains else { return routing.target?.driver }
            return routing.targetOfEverything?.driver
        // Macros that it uses are defined before it.
        case .transports:
            return EximRemoteTransport(host, of: routing.models)?.driver
        case .authenticators: return nil
        }
    }

    /// Above the line that includes the file, where nothing in the file has to come before ours.
    private func outermost(_ place: EximStructure.Place, _ section: Section) -> EximStructure.Place {
        guard !host.sources.contains(where: { $0.path == place.file }) else { return place }
        let deciding = section == .routers ? EximRouting(host).deciding.map(\.driver.start.place) : []
        let isFirst = !host.structure.items.contains { item in
            guard item.place.file == place.file, item.place.line < place.line else { return false }
            if case .macro = item.kind { return true }
            return deciding.contains(item.place)
        }
        // The statements of an included file are before the line that includes it.
        let last = host.structure.items.lastIndex { $0.place.file == place.file }
        guard isFirst, let last, let line = host.structure.items[(last + 1)...].first(where: \.isInclude) else {
            return place
        }
        return outermost(line.condition ?? line.place, section)
    }

    /// Above a driver, the condition that it is in and the comment that belongs to it.
    private func above(_ item: EximStructure.Item) -> EximStructure.Place {
        var place = item.condition ?? item.place
        guard let text = host.text(of: place.file) else { return place }
        while place.line > 0, text.isComment(place.line - 1) { place.line -= 1 }
        return place
    }
}

extension EximText {
    /// Whether a line is a comment, and none of our marks.
    fileprivate func isComment(_ index: Int) -> Bool {
        let line = lines[index].trimmed
        return line.first == UInt8(ascii: "#") && ![Self.begin, Self.end].contains(line.text)
            && !Self.isReplaced(lines[index])
    }
}

extension EximStructure.Item {
    fileprivate var isInclude: Bool {
        if case .directive(let word, _) = kind { word.hasPrefix("include") } else { false }
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
            "the place for mtactl's \(section.rawValue) is in an included file",
            hint: "move that part into a file of conf.d, or into exim4.conf.template",
            at: place.text
        )
    }
    fileprivate static func conditionalSection(_ section: EximEditor.Section, _ place: EximStructure.Place) -> Failure {
        Failure(
            "`begin \(section.rawValue)` is inside a condition, so it is not certain that the section exists",
            hint: "move `begin \(section.rawValue)` out of the condition",
            at: place.text
        )
    }
    static func noSection(_ section: String, _ path: String) -> Failure {
        Failure(
            "there is no `begin \(section)`, so nothing can be added there",
            hint: "is this the complete configuration? `exim -bP configure_file` names the file that Exim reads",
            at: path
        )
    }
}
