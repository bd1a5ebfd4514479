package import MTAPlan

/// Kerio Connect, from 9 on: its relay rules, through its administration interface.
///
/// Source: the Administration API for Kerio Connect (GFI), and the IDL that igiant/connect mirrors.
package struct Kerio: MailServer {
    package let recognition = Recognition(
        "kerio",
        .suite,
        listeners: ["mailserver"],
        isThere: { KerioSite.version(told: $0) != nil || KerioOnWindows.isThere($0) },
        version: { KerioSite.version($0) }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.kerio_facts_sh }

    package var questions: [PowerShellQuestion] { KerioOnWindows.questions }

    package var limitations: Set<Limitation> { [.bouncesTakeDefaultRoute] }

    package var section: (any ServerSettings.Type)? { KerioSettings.self }

    package var interface: AdministrationInterface? {
        AdministrationInterface(
            port: KerioSettings().adminPort,
            path: "/admin/api/jsonrpc",
            contentType: "application/json-rpc",
            cookie: "SESSION_CONNECT_WEBADMIN",
            expiredCode: -32001,
            rules: ("Smtp.getRelayDeliveryRuleList", "Smtp.setRelayDeliveryRuleList"),
            settings: ("Smtp.get", "Smtp.set"),
            log: "Logs.get",
            questions: [
                .init(KerioSite.versionKey, "Server.getVersion"), .init(KerioSite.accountKey, "Session.whoAmI"),
                .init(KerioSite.rulesKey, "Smtp.getRelayDeliveryRuleList"),
                .init(KerioSite.settingsKey, "Smtp.get"),
            ],
            rulesKey: KerioSite.rulesKey
        )
    }

    package func survey(_ facts: Facts) -> Survey { KerioSurvey(facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try routes.checkKerio(secrets)
        let settings = extras[KerioSettings.self] ?? KerioSettings()
        return try KerioProposal(KerioSite(facts), routes, settings).made()
    }

    package var trace: Trace {
        Trace(
            log: { facts in facts.calls[KerioSite.rulesKey]?.result == nil ? nil : .administration },
            tracer: { KerioTrace(messageID: $0.messageID) },
            discard: { ["Queue.remove", $0] },
            retry: { ["Queue.tryToSend", $0] },
            hints: KerioTrace.hints
        )
    }
}
