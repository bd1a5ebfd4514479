import MTAPlan

/// Conditions that only the program itself can tell the outcome of, where what is to be done hangs on them.
struct EximDoubts {
    let host: EximHost

    /// Options of routers that tell which mail one takes, or what happens to it.
    private static let deciding = EximModels.conditions.union([
        "driver", "domains", "transport", "unseen", "verify_only", "route_list", "route_data", "data", "file",
        "redirect_router", "pass_router", "more", "no_more", "self",
    ])

    /// Of transports, those that tell where mail goes, and whose mail a transport is for.
    private static let sending: Set = ["driver", "hosts", "return_path"]

    /// - Throws: At the first driver in use that may be another one than it seems.
    func check() throws(Failure) {
        let lists = host.structure.items.compactMap { item -> (name: String, doubt: EximStructure.Place)? in
            guard let doubt = item.doubt, case .list("domainlist", let name, _) = item.kind else { return nil }
            return EximLists.ownNames.contains(name) ? nil : (name, doubt)
        }
        var names: Set<String> = []
        for router in EximRouting(host).routers {
            let driver = router.driver
            let used = router.role == .idle ? ["domains", "verify_only", "driver"] : Self.deciding
            if let doubt = driver.start.doubt ?? doubt(in: driver, used) { throw .doubtful(driver, doubt) }
            let domains = driver.option("domains").map { EximDomainList($0).items } ?? []
            let list = lists.first { list in domains.contains { $0.hasSuffix("+\(list.name)") } }
            if router.role != .idle, let list { throw .doubtful(driver, list.doubt) }
            if router.role != .idle { names.formUnion((driver.option("transport") ?? "").words) }
        }
        for driver in transports where names.contains(driver.name) {
            if let doubt = driver.start.doubt ?? doubt(in: driver, Self.sending) { throw .doubtful(driver, doubt) }
        }
    }

    private func doubt(in driver: EximStructure.Driver, _ names: Set<String>) -> EximStructure.Place? {
        driver.items.lazy.compactMap { item -> EximStructure.Place? in
            guard !item.isOurs, case .option(let name, _) = item.kind else { return nil }
            return names.contains(name) ? item.doubt : nil
        }.first
    }

    /// Those in doubt too, which are in force only as long as nothing is known of their conditions.
    private var transports: [EximStructure.Driver] {
        let structure = host.structure.mapped { item in
            if item.doubt != nil, item.inForce == nil, case .driver = item.kind { item.inForce = item.kind }
        }
        return structure.drivers(in: "transports")
    }
}

extension Failure {
    fileprivate static func doubtful(_ driver: EximStructure.Driver, _ place: EximStructure.Place) -> Failure {
        Failure(
            "what `\(driver.name)` does depends on whether the installed Exim has a certain feature",
            hint: "write the lines that apply without this condition",
            at: place.text
        )
    }
}
