extension PlaybookLoader {
    /// The sections of mail servers, from a play or from a host's variables.
    func extras(_ node: YAMLNode) -> ServerExtras {
        ServerExtras(
            cpanel: node["cpanel"].map { cpanel($0) },
            directadmin: node["directadmin"].map { directadmin($0) },
            exchange: node["exchange"].map { exchange($0) },
            mailenable: node["mailenable"].map { mailenable($0) },
            kerio: node["kerio"].map { kerio($0) },
            icewarp: node["icewarp"].map { icewarp($0) },
            plesk: node["plesk"].map { plesk($0) }
        )
    }

    private func cpanel(_ node: YAMLNode) -> CPanelExtras {
        var extras = CPanelExtras()
        set(&extras.hourlyLimits, word(node["hourly-limits"], SendingLimits.self))
        set(&extras.dkim, word(node["dkim"], DKIMSigning.self))
        extras.identityHeader = node["identity-header"]?.text
        set(&extras.replaceOthers, word(node["replace-others"], OtherSmarthosts.self))
        return extras
    }

    private func directadmin(_ node: YAMLNode) -> DirectAdminExtras {
        var extras = DirectAdminExtras()
        set(&extras.sendingLimits, word(node["sending-limits"], SendingLimits.self))
        set(&extras.dkim, word(node["dkim"], DKIMSigning.self))
        extras.identityHeader = node["identity-header"]?.text
        set(&extras.replaceOthers, word(node["replace-others"], OtherSmarthosts.self))
        return extras
    }

    private func plesk(_ node: YAMLNode) -> PleskExtras {
        var extras = PleskExtras()
        set(&extras.smarthost, word(node["smarthost"], PleskExtras.SmarthostSetting.self))
        return extras
    }

    private func exchange(_ node: YAMLNode) -> ExchangeExtras {
        var extras = ExchangeExtras()
        extras.connector = node["connector"]?.text
        set(&extras.usage, word(node["usage"], ExchangeExtras.Usage.self))
        set(&extras.replaceOthers, word(node["replace-others"], ExchangeExtras.OtherConnectors.self))
        extras.keep = texts(node["keep"])
        set(&extras.cost, node["cost"]?.integer)
        set(&extras.isScoped, node["scoped"]?.boolean)
        extras.sourceServers = texts(node["source-servers"])
        extras.authentication = word(node["authentication"], ExchangeExtras.Authentication.self)
        extras.heloName = value(node["helo-name"], by: HostAddress.parse)
        set(&extras.protocolLog, word(node["protocol-log"], ExchangeExtras.ProtocolLog.self))
        extras.maxMessageBytes = node["max-message-size"].flatMap { $0.text == nil ? $0.integer : .max }
        extras.domainController = value(node["domain-controller"], by: HostAddress.parse)
        set(&extras.restartTransport, word(node["restart-transport"], ExchangeExtras.RestartTransport.self))
        extras.shellLogin = login(node["shell-login"], what: "for the Exchange shell")
        return extras
    }

    private func mailenable(_ node: YAMLNode) -> MailEnableExtras {
        var extras = MailEnableExtras()
        extras.profile = node["profile"]?.text.map { SecretReference.path($0, in: folder) }
        return extras
    }

    private func kerio(_ node: YAMLNode) -> KerioExtras {
        var extras = KerioExtras()
        set(&extras.adminPort, node["admin-port"]?.integer)
        extras.adminLogin = login(node["admin-login"], what: "for Kerio's administration")
        set(&extras.replaceOthers, word(node["replace-others"], KerioExtras.OtherRules.self))
        return extras
    }

    private func icewarp(_ node: YAMLNode) -> IceWarpExtras {
        var extras = IceWarpExtras()
        extras.tool = node["tool"]?.text
        set(&extras.use, word(node["use"], IceWarpExtras.Use.self))
        return extras
    }

    private func texts(_ node: YAMLNode?) -> [String] { (node?.list ?? []).compactMap(\.text) }

    private func set<Value>(_ place: inout Value, _ value: Value?) {
        if let value { place = value }
    }
}
