import MTAPlan

/// The transport with which the host itself delivers to other hosts, and what of it our transports take over: DKIM
/// keys, interface, HELO name, limits, headers.
struct EximRemoteTransport: Sendable {
    let driver: EximStructure.Driver

    /// The transport that most mail leaves by: that of the last of these routers, or of a dnslookup router that is not in
    /// force, or the one of the usual name.
    init?(_ host: EximHost, of routers: [EximStructure.Driver]) {
        let all = host.structure.drivers(in: "routers")
        let used = routers.suffix(1) + all.filter { $0.option("driver") == "dnslookup" }
        let transports = host.structure.drivers(in: "transports").filter { $0.option("driver") == "smtp" }
        let named = used.lazy.compactMap { router in
            let words = (router.option("transport") ?? "").words
            let candidates = transports.filter { words.contains($0.name) }
            return candidates.first { $0.name == "remote_smtp" }
                ?? candidates.first { !$0.rewritesForwarded } ?? candidates.first
        }
        guard let driver = named.first ?? transports.first(where: { $0.name == "remote_smtp" }) else { return nil }
        self.driver = driver
    }

    init(driver: EximStructure.Driver) { self.driver = driver }

    /// Whole lines, conditions included, for a transport of ours that has options of these names itself.
    func lines(without names: Set<String>, _ text: (String) -> EximText?) -> [String] {
        driver.lines(where: { !names.contains($0) && $0 != "debug_print" }, text)
    }
}

extension EximHost {
    /// Whole lines of a driver, conditions included, with the options of these names.
    func lines(of driver: EximStructure.Driver, keeping names: Set<String>) -> [String] {
        driver.lines(where: names.contains) { text(of: $0) }
    }
}

extension EximStructure.Driver {
    /// Whether a transport gives forwarded mail a return path that leads back to the host.
    var rewritesForwarded: Bool { options("return_path").contains { $0.contains("srs_encode") } }

    /// Whole lines of the options whose names are to be kept, with the conditions that they are in.
    fileprivate func lines(where isKept: (String) -> Bool, _ text: (String) -> EximText?) -> [String] {
        var kept: [EximStructure.Item] = items.filter { item in
            switch item.kind {
            case .option(let name, _): isKept(Self.positive(name))
            case .directive: true
            default: false
            }
        }
        Self.dropEmptyConditions(&kept)
        return kept.flatMap { item -> [String] in
            guard let source = text(item.place.file) else { return [] }
            return (item.place.line...item.last).map { index in
                let line = source.lines[index].trimmed.text
                return line.hasPrefix(".") || index > item.place.line ? line : "  \(line)"
            }.filter { !$0.hasPrefix("#") && !$0.isEmpty }
        }
    }

    /// A Boolean option without its `no_` or `not_`.
    private static func positive(_ name: String) -> String {
        for prefix in ["no_", "not_"] where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
        return name
    }

    /// Takes `.ifdef … .endif` out where nothing is left between them.
    ///
    /// A condition that ends here and began before the driver is not the driver's.
    private static func dropEmptyConditions(_ items: inout [EximStructure.Item]) {
        var open: [Int] = []
        var dropped: Set<Int> = []
        for (index, item) in items.enumerated() {
            guard case .directive(let word, _) = item.kind else { continue }
            switch word {
            case "ifdef", "ifndef": open.append(index)
            case "endif":
                guard let start = open.popLast() else {
                    dropped.insert(index)
                    continue
                }
                let inside = (start...index).filter { !dropped.contains($0) }
                if inside.allSatisfy({ items[$0].isDirective }) { dropped.formUnion(inside) }
            case "else", "elifdef", "elifndef": if open.isEmpty { dropped.insert(index) }
            default: dropped.insert(index)
            }
        }
        // Begins of conditions around what follows the driver.
        dropped.formUnion(open)
        items = items.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    }
}

extension EximStructure.Item {
    fileprivate var isDirective: Bool { if case .directive = kind { true } else { false } }
}
