import MTAPlan

/// What DirectAdmin's hosts have that makes our blocks different there.
///
/// Source: docs.directadmin.com, "Exim"; the vendor's smart_route template; the seeds. Tried with Exim 4.96 and 4.98.2.
struct DirectAdminSite {
    static let dkimFile = "/etc/exim.dkim.conf"

    let routes: Routes
    let host: EximHost
    let extras: DirectAdminSettings
    /// What another smarthost that is removed did with forwarded mail.
    let forwarding: OtherSmarthost.Forwarding?

    /// What holds for every Exim, and what these hosts add to it.
    ///
    /// - Throws: Where the panel's limits are to count and its configuration does not ask for them.
    func site(_ site: EximSite) throws(Failure) -> EximSite {
        var site = site
        let remote = try PanelTransport("remote_smtp", of: host, for: routes)
        var models = try remote.models(of: EximRouting(host).models) { $0.hasPrefix("dkim_") }
        if let forwarding { models.keep(forwarding) }
        (site.models, site.twins) = (models.models, models.twins)
        for index in site.twins.indices {
            if extras.dkim == .sign { site.twins[index].lines += dkim(remote) }
            site.twins[index].lines += PanelTransport.identity(extras.identityHeader)
        }
        // What takes none of our routers comes to the panel's own, which send it directly.
        site.directTransport = nil
        if extras.sendingLimits == .count {
            let asked = host.structure.drivers(in: "routers").contains { router in
                router.items.contains { item in
                    if case .option("condition", let value?) = item.kind {
                        value.contains("check_limits")
                    } else {
                        false
                    }
                }
            }
            guard asked else { throw .noLimits(host.sources.last?.path ?? "") }
        } else {
            for index in site.models.indices {
                site.models[index].lines.removeAll { $0.contains("check_limits") }
            }
        }
        return site
    }

    /// The panel's own file where its own transport has it, else what that transport has itself.
    private func dkim(_ remote: PanelTransport) -> [String] {
        remote.remote.items.contains { $0.kind == .directive(word: "include_if_exists", argument: Self.dkimFile) }
            ? [".include_if_exists \(Self.dkimFile)"] : remote.lines { $0.hasPrefix("dkim_") }
    }
}

extension Failure {
    fileprivate static func noLimits(_ path: String) -> Failure {
        Failure(
            "no router of the panel calls `check_limits`, so its sending limits could not be applied",
            hint: "write `sending-limits: ignore` under `directadmin`, or have the panel regenerate exim.conf",
            at: path
        )
    }
}
