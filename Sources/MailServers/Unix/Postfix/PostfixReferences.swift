import MTAPlan

/// Settings of the host's own that refer to one that a plan changes, as `relay_domains = $transport_maps` does.
///
/// They would get another value without a line of theirs being edited, and with it other mail another way.
struct PostfixReferences {
    let host: PostfixHost
    /// main.cf as it is to be.
    let main: MainCF

    /// - Throws: The first setting that would get another value.
    func check() throws(Failure) {
        let after = PostfixSettings(main, found: host.main, printed: host.values)
        let edited = Set(host.ownMain.names + main.names).filter { host.own.written($0) != after.written($0) }
        guard !edited.isEmpty else { return }
        for name in host.ownMain.names where !edited.contains(name) && !Self.isHarmless(name) {
            guard let cause = host.own.refersTo(name).sorted().first(where: edited.contains) else { continue }
            if host.own(name) != after(name) { throw .refers("`\(name)`", to: cause) }
        }
        for service in host.services where !service.isOurs {
            for case .option(let name, let value) in service.arguments {
                let names = Set(PostfixSettings.references(in: value)).flatMap { Array(host.own.refersTo($0)) }
                guard let cause = names.sorted().first(where: edited.contains) else { continue }
                if host.own.expanded(value) != after.expanded(value) {
                    throw .refers("`\(name)` of the service `\(service.name.escaped)` in master.cf", to: cause)
                }
            }
        }
    }

    /// What the host would lose with a relay that it is told to forget, where only Postfix knows how to read it.
    func checkRelays() throws(Failure) {
        for name in PostfixProposal.relays + ["default_transport"] {
            guard let text = host.own.written(name), let unknown = host.own.unknownReferences(in: text).first else {
                continue
            }
            throw .onlyPostfixKnows(name, unknown)
        }
    }

    /// Lists of what `proxymap` may open, and how addresses are verified, which follows the routes by itself.
    private static func isHarmless(_ name: String) -> Bool {
        ["proxy_read_maps", "proxy_write_maps"].contains(name) || name.hasPrefix("address_verify_")
    }
}

extension Failure {
    fileprivate static func refers(_ what: String, to name: String) -> Failure {
        Failure(
            "\(what) refers to `$\(name)`, which this plan changes: other mail would take another way",
            hint: "write there what `$\(name)` stands for now, and run `postfix reload`"
        )
    }
    fileprivate static func onlyPostfixKnows(_ name: String, _ unknown: String) -> Failure {
        Failure(
            "`\(name)` refers to `$\(unknown)`, which is not in main.cf: what it would be afterwards cannot be determined",
            hint: "write in `\(name)` what `$\(unknown)` stands for, and run `postfix reload`"
        )
    }
}
