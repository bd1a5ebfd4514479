package import MTAPlan

/// Exchange, 2007 to the Subscription Edition: its Send connectors, which are the whole organisation's.
package struct Exchange: MailServer {
    package let recognition = Recognition(
        "exchange",
        isThere: { ExchangeSite.build($0) != nil },
        version: { facts in ExchangeSite.build(facts) }
    )

    package init() {}

    package var section: (any ServerSettings.Type)? { ExchangeSettings.self }

    package var questions: [PowerShellQuestion] {
        let tells = { (names: [String]) in names.map { PowerShellCall.Property($0) } }
        let ask = { (key: String, cmdlet: String, names: [String]) in
            PowerShellQuestion(key, PowerShellCall(cmdlet, tells: tells(names)))
        }
        let more = tells(["WhenChangedUTC", "OriginatingServer"])
        let transport = ["Name", "PickupDirectoryPath", "MessageTrackingLogEnabled"]
        let queue = [
            "Identity", "NextHopDomain", "NextHopConnector", "DeliveryType", "Status", "MessageCount", "LastError",
        ]
        return [
            ask(
                ExchangeSite.serversKey,
                "Get-ExchangeServer",
                ["Name", "Fqdn", "AdminDisplayVersion", "ServerRole", "Site", "OriginatingServer"]
            ),
            ask(ExchangeSite.organizationKey, "Get-OrganizationConfig", ["Name", "Guid", "OriginatingServer"]),
            // 2013 renamed it; before, there is only the second one.
            ask(ExchangeSite.transportKey, "Get-TransportService", transport),
            ask(ExchangeSite.transportServerKey, "Get-TransportServer", transport),
            ask(ExchangeSite.edgesKey, "Get-EdgeSubscription", ["Name", "Site"]),
            ask(ExchangeSite.domainsKey, "Get-AcceptedDomain", ["DomainName", "DomainType", "Default"]),
            PowerShellQuestion(ExchangeSite.connectorsKey, SendConnector.reading(from: nil, more: more)),
            PowerShellQuestion(
                ExchangeSite.queuesKey,
                PowerShellCall("Get-Queue", tells: tells(queue)),
                isForSurvey: true
            ),
        ]
    }

    package func survey(_ facts: Facts) -> Survey { ExchangeSurvey(facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try ExchangeProposal(facts, routes, extras[ExchangeSettings.self] ?? ExchangeSettings(), secrets).made()
    }

    /// A smarthost may look at the sender's domain: the organisation's own name is better than a host's.
    package func sender(_ facts: Facts) -> String? {
        // The plan has been refused with the reason then, and sends nothing.
        guard let site = try? ExchangeSite(facts),
            let domain = (site.domains.first(where: \.isDefault) ?? site.domains.first)?.name
        else { return nil }
        return "postmaster@\(domain)"
    }

    package var trace: Trace {
        Trace(
            log: { facts in
                ExchangeSite.pickup(facts).map { .tracking(servers: ExchangeSite.trackers(facts), pickup: $0) }
            },
            tracer: { ExchangeTrace(messageID: $0.messageID) },
            discard: { _ in ["Remove-Message"] },
            hints: ExchangeTrace.hints,
            unproved: Failure(
                "this server has no pickup folder, so a test message cannot be submitted",
                hint: "set one with Set-TransportService -PickupDirectoryPath, or leave `verify` out of the playbook"
            )
        )
    }
}
