import MTAPlan

/// What our transports have on a panel besides what every Exim's have: the panel's own remote transport, DKIM, and who
/// logged in to send.
struct PanelTransport {
    let host: EximHost
    /// The transport with which the panel itself delivers to other hosts.
    let remote: EximStructure.Driver
    /// Options that our transports set themselves.
    private let own: Set<String>

    /// - Throws: Where the panel's configuration does not have it.
    init(_ name: String, of host: EximHost, for routes: Routes) throws(Failure) {
        let transports = host.structure.drivers(in: "transports")
        guard let remote = transports.first(where: { $0.name == name && $0.option("driver") == "smtp" }) else {
            throw .noRemoteTransport(name, host.sources.last?.path ?? host.folder)
        }
        (self.host, self.remote) = (host, remote)
        own = EximBlocks.notCarried.union(routes.returnPath == nil ? [] : ["return_path"])
    }

    /// The panel's routers for mail that leaves, and their transports, without those whose names are not wanted.
    ///
    /// Options of files that a transport includes are left out, as the line that includes them can be kept.
    func models(of routers: [EximStructure.Driver], except unwanted: (String) -> Bool) throws(Failure) -> EximModels {
        let names = host.structure.drivers(in: "transports").flatMap(\.items).compactMap { item in
            if case .option(let name, _) = item.kind { name } else { nil }
        }
        return try EximModels(
            of: routers,
            main: remote,
            on: host,
            without: own.union(names.filter(unwanted)),
            inlining: false
        )
    }

    /// The lines of its options of these names.
    func lines(where isWanted: (String) -> Bool) -> [String] {
        let names = remote.items.compactMap { item in
            if case .option(let name, _) = item.kind { name } else { nil }
        }
        return host.lines(of: remote, keeping: Set(names.filter(isWanted)))
    }

    /// A header with the user who logged in, or the account that submitted the message; root's has none.
    ///
    /// What the sender wrote there himself is removed.
    ///
    /// Source: Exim specification, `$authenticated_id`; of trusted users it is not set, tried with 4.96 and 4.98.2.
    static func identity(_ header: String?) -> [String] {
        guard let header else { return [] }
        let user = "${if match {$authenticated_id} {@} {$authenticated_id} {$authenticated_id@$primary_hostname}}"
        return [
            "  headers_remove = \(header)",
            "  headers_add = ${if def:authenticated_id {\(header): \(user)}}",
        ]
    }
}

extension Failure {
    fileprivate static func noRemoteTransport(_ name: String, _ path: String) -> Failure {
        Failure(
            "there is no transport `\(name)`, from which mtactl's would take the panel's settings",
            hint: "is this the configuration that the panel generated? have the panel regenerate it, and try again",
            at: path
        )
    }
}
