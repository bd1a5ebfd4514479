import MTAPlan

/// What cPanel's hosts have that makes our blocks different there.
///
/// `/etc/mailips` and `/etc/mailhelo` come with the options of `remote_smtp`; where a host's own has none, with ours.
///
/// Source: docs.cpanel.net, "How to Configure the Exim Outgoing IP Address"; the taint rules of Exim 4.94: what a sender
/// wrote is no part of a file's name, what a lookup found is. Tried with 4.96 and 4.98.2.
struct CPanelSite {
    static let keys = "/var/cpanel/domain_keys/private"

    let routes: Routes
    let host: EximHost
    let extras: CPanelSettings
    /// What another smarthost that is removed did with forwarded mail.
    let forwarding: OtherSmarthost.Forwarding?

    /// What holds for every Exim, and what these hosts add to it.
    func site(_ site: EximSite) throws(Failure) -> EximSite {
        var site = site
        let remote = try PanelTransport("remote_smtp", of: host, for: routes)
        // The panel has a router for what is signed and one for what is not; ours sign what has a key.
        let routers = EximRouting(host).models.filter { !$0.name.hasPrefix("dkim_") }
        var models = try remote.models(of: routers) { $0.hasPrefix("dkim_") }
        if let forwarding { models.keep(forwarding) }
        (site.models, site.twins) = (models.models, models.twins)
        for index in site.twins.indices {
            let transport = site.twins[index].driver ?? remote.remote
            // One that an administrator added has what it has.
            guard Self.own.contains(transport.name) else { continue }
            var lines: [String] = []
            if transport.option("interface") == nil { lines.append("  interface = \(Self.interface)") }
            if transport.option("helo_data") == nil { lines.append("  helo_data = \(Self.helo)") }
            if extras.dkim == .sign { lines += Self.dkim }
            site.twins[index].lines += lines
        }
        for index in site.twins.indices {
            site.twins[index].lines += PanelTransport.identity(extras.identityHeader)
        }
        // What takes none of our routers comes to the panel's own, which send it directly.
        site.directTransport = nil
        let lists = host.structure.items.compactMap { item in
            if case .list("domainlist", let name, _) = item.kind { name } else { nil }
        }
        site.relayedDomains = lists.contains("secondarymx_domains") ? ["+secondarymx_domains"] : []
        return site
    }

    /// The transports that the panel's template has for mail to other hosts.
    private static let own: Set = [
        "remote_smtp", "dkim_remote_smtp", "remote_forwarded_smtp", "dkim_remote_forwarded_smtp",
    ]

    /// Signed where there is a key for the sender's domain, and by no other name.
    private static let dkim = [
        "  dkim_domain = ${lookup {$sender_address_domain} dsearch,filter=file {\(keys)}}",
        "  dkim_selector = default",
        "  dkim_private_key = \(keys)/$dkim_domain",
        "  dkim_canon = relaxed",
    ]

    private static let interface =
        "${if exists {/etc/mailips} {${lookup {$sender_address_domain} lsearch* {/etc/mailips} {$value} {}}} {}}"

    private static let helo =
        "${if exists {/etc/mailhelo} {${lookup {$sender_address_domain} lsearch* {/etc/mailhelo} {$value} "
        + "{$primary_hostname}}} {$primary_hostname}}"
}
