import MTAPlan

/// Macros that what ours copy uses, and where they are defined: a copy above that would have their names in it.
///
/// Source: Exim specification, chapter 6, "Macros in the configuration file": a macro is known from its definition on.
struct EximDefinitions {
    private let structure: EximStructure
    /// The names of all macros that Exim has in the end.
    private let defined: Set<String>

    init(_ host: EximHost) {
        structure = host.structure
        let names = host.lines("exim.macros").compactMap { $0.split { $0 == " " || $0 == "=" }.first.map(String.init) }
        defined = Set(names)
    }

    /// The first macro that is defined between a place and a driver below it, and that a copy of the driver uses.
    ///
    /// `place`: What comes next behind our lines.
    func first(from place: EximStructure.Item, to driver: EximStructure.Driver, in lines: [String]) -> EximStructure
        .Item?
    {
        let items = structure.items
        guard let start = items.firstIndex(where: { $0.place == place.place }),
            let end = items.firstIndex(where: { $0.place == driver.start.place }), start < end
        else { return nil }
        return items[start..<end].first { isUsed($0, in: lines) }
    }

    /// The same of one behind the driver, which would be replaced in a copy there and is not in the driver itself.
    func first(behind driver: EximStructure.Driver, to end: EximStructure.Item?, in lines: [String]) -> EximStructure
        .Item?
    {
        let items = structure.items
        guard let start = items.firstIndex(where: { $0.place == driver.start.place }) else { return nil }
        let last = end.flatMap { end in items.firstIndex { $0.place == end.place } } ?? items.count
        return start < last ? items[start..<last].first { isUsed($0, in: lines) } : nil
    }

    private func isUsed(_ item: EximStructure.Item, in lines: [String]) -> Bool {
        guard !item.isOurs, case .macro(let name, _) = item.kind else { return false }
        // Behind `.ifndef NAME` the definition itself ends what it hung on.
        guard item.inForce != nil || defined.contains(name) else { return false }
        return lines.contains { $0.contains(name) }
    }

    /// Whether the copies of these transports have to come behind all others.
    func isLate(_ twins: [EximTwin], before next: EximStructure.Item?) -> Bool {
        guard let next = next ?? structure.beginning(of: "transports") else { return false }
        return twins.contains { twin in
            twin.driver.map { first(from: next, to: $0, in: twin.lines) != nil } ?? false
        }
    }

    /// - Throws: Where a copy would have other values, wherever it is.
    func check(_ site: EximSite, _ routing: EximRouting) throws(Failure) {
        let main = site.twins.first?.driver
        let end = structure.end(of: "transports")
        if isLate(site.twins, before: main?.start) {
            for twin in site.twins {
                guard let driver = twin.driver else { continue }
                if let macro = first(behind: driver, to: end, in: twin.lines) { throw .definedBetween(macro, driver) }
            }
        }
        guard let target = routing.target?.driver.start else { return }
        for model in site.models {
            guard let router = model.driver else { continue }
            if let macro = first(from: target, to: router, in: model.lines) { throw .definedBetween(macro, router) }
        }
    }

    /// Whether a panel has to put our transports at the end of what it leaves to its administrators.
    ///
    /// - Throws: Where a macro that they use is defined behind that.
    func isLate(_ twins: [EximTwin], in file: EximText) throws(Failure) -> Bool {
        guard isLate(twins, before: nil), let start = structure.beginning(of: "transports") else { return false }
        let own = Set(file.lines.map { $0.trimmed.text })
        for twin in twins {
            guard let driver = twin.driver, let macro = first(from: start, to: driver, in: twin.lines) else { continue }
            guard case .macro(let name, _) = macro.kind, own.contains(where: { $0.hasPrefix(name) }) else {
                throw .definedBetween(macro, driver)
            }
        }
        return true
    }
}
