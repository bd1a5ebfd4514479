import MTAPlan

/// Whether a panel's own limits on outgoing mail keep counting mail that takes the smarthost.
package enum SendingLimits: String, Sendable, Hashable, CaseIterable {
    case count
    case ignore
}

/// Whether mail through the smarthost is signed with DKIM.
package enum DKIMSigning: String, Sendable, Hashable, CaseIterable {
    /// Where there is a key for the sender's domain.
    case sign
    case none
}

/// What happens to smarthosts that others have set up in a panel's own places: SpamExperts, MailChannels, and so on.
package enum OtherSmarthosts: String, Sendable, Hashable, CaseIterable {
    /// The host is left alone, as two smarthosts would take turns.
    case refuse
    /// Their routers, transports and authenticators are removed; a rollback puts them back.
    case remove
}

extension Handling.Property {
    /// What a panel's section may ask to be different: what is signed is its to say.
    ///
    /// What another smarthost's transport had for itself goes with it where it is removed; how mail is forwarded stays,
    /// and stays too where the smarthost was removed before, so that the host's own routers no longer show it.
    static func besides(hasHeader: Bool, ignoresLimits: Bool, replaced: OtherSmarthost) -> Set<Handling.Property> {
        var properties: Set<Handling.Property> = [.signature]
        if hasHeader { properties.insert(.headers) }
        if ignoresLimits { properties.insert(.decidedBefore) }
        if replaced.isRemembered {
            properties.formUnion([.decidedBefore, .sourceAddress, .helo, .headers, .limits, .otherOptions])
        }
        if !replaced.isThere, replaced.forwarding != nil { properties.insert(.returnPath) }
        return properties
    }
}

extension Key {
    static let dkim = Key(
        "dkim",
        .choice([Word("sign", "where there is a key for the sender's domain"), Word("none")]),
        "Whether mail through the smarthost is signed.",
        fallback: "sign"
    )

    static let identityHeader = Key(
        "identity-header",
        .text(.headerName),
        "A header with the name of the logged-in user, for smarthosts that count by user: `X-AuthUser`."
    )

    static let replaceOthers = Key(
        "replace-others",
        .choice([
            Word("refuse", "the plan is refused"),
            Word("remove", "their routers, transports and authenticators are removed"),
        ]),
        "Smarthosts that others have set up on the panel.",
        fallback: "refuse"
    )
}

extension OtherSmarthosts {
    /// What `lint` says of `replace-others`.
    var findings: [SettingsFinding] {
        guard self == .remove else { return [] }
        return [
            SettingsFinding(
                id: "removes-others",
                severity: .note,
                key: "replace-others",
                problem: "smarthosts that others have set up on these hosts are removed",
                hint: "`mtactl plan` shows which"
            )
        ]
    }
}
