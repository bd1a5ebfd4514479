import MTAPlan

/// The panel that keeps a host's Postfix.
///
/// It writes the maps below `/var/spool/postfix/plesk` and the settings that name them; ours are next to them, first in
/// their lists. From 18.0.64 on it can be given a smarthost for all mail, and from 18.0.76 on one for each domain.
///
/// Its programs for that are not called: their options are documented nowhere that was found, only that there are some.
///
/// Source: Plesk Obsidian's administrator's guide, "Configuring a Smarthost or Relayhost" (docs.plesk.com, 80030).
struct Plesk: Sendable {
    /// As its version file has it: `18.0.61`.
    let version: String

    /// `nil` on a host without Plesk.
    init?(_ facts: Facts) {
        let panels = (facts.text("mta.panels") ?? "").split(separator: "\n")
        guard panels.contains(where: { $0.hasPrefix("plesk ") }) else { return nil }
        version = (facts.text("mta.version.plesk") ?? "").split(separator: " ").first.map(String.init) ?? ""
    }

    /// Whether it has a smarthost of its own for all mail.
    ///
    /// A version that cannot be determined may have.
    var hasSmarthost: Bool {
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return numbers.isEmpty || !numbers.lexicographicallyPrecedes([18, 0, 64])
    }

    /// - Throws: Where the panel's own setting is the right one, or in the way.
    func check(_ routes: Routes, on host: PostfixHost, setting: PleskSettings.SmarthostSetting) throws(Failure) {
        guard hasSmarthost, case .via(let smarthost) = routes.defaultRoute else { return }
        if let relay = host.setting("relayhost"), !relay.isEmpty { throw .inUse(self, relay) }
        if setting == .panel { throw .itsOwn(self, smarthost) }
    }

    func notes(on edits: [Edit]) -> [String] {
        let isMain = edits.contains { $0.name.hasSuffix("/main.cf") }
        if !isMain { return [] }
        return [
            "parts of main.cf are rewritten when Plesk \(version) is updated or repaired: `mtactl check` shows whether the routes are still in place"
        ]
    }
}

extension Failure {
    fileprivate static func itsOwn(_ plesk: Plesk, _ smarthost: Smarthost) -> Failure {
        Failure(
            "a smarthost for all mail is set in Plesk \(plesk.version) itself, which would not know of `\(smarthost.name)`",
            hint:
                "set it in the panel, Tools & Settings > Mail Server Settings, or write `plesk: {smarthost: postfix}` in the play"
        )
    }

    fileprivate static func inUse(_ plesk: Plesk, _ relay: String) -> Failure {
        Failure(
            "relayhost is `\(relay.escaped)`, and Plesk \(plesk.version) sets it for a smarthost of its own",
            hint: "change it in the panel, Tools & Settings > Mail Server Settings, or turn it off there first"
        )
    }
}
