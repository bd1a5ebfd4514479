import MTAPlan
import MailServers

extension FixtureRoutes {
    static let cpanel: [String: Routes] = [
        "CPanel/everyone": everyone(via: filter),
        "CPanel/everyone-old": everyone(via: filter),
        "CPanel/everything": everything,
        "CPanel/local-relay": Routes(
            defaultRoute: .via(plain),
            localDomains: .relay(fromSmarthost: ["192.0.2.10", "2001:db8::/64"])
        ),
        "CPanel/senders-file": Routes(
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: plain, logins: "/etc/relay_logins")
        ),
        "CPanel/recipients": recipients,
        "CPanel/taken-out": Routes(),
        "CPanel/vendor-removed": everyone(via: filter),
        "CPanel/refuses-vendor": everyone(via: filter),
        "CPanel/refuses-missing-mark": everyone(via: filter),
        "CPanel/refuses-indented-mark": everyone(via: filter),
        "CPanel/refuses-no-local": everyone(via: filter),
        "CPanel/refuses-edited-by-hand": everyone(via: filter),
        "CPanel/refuses-not-built": everyone(via: filter),
        "CPanel/refuses-own-smarthost": everyone(via: filter),
        "CPanel/refuses-stray-mark": everyone(via: filter),
    ]

    static let cpanelExtras: [String: ServerExtras] = [
        "CPanel/everyone-old": extras { $0.hourlyLimits = .ignore },
        "CPanel/everything": extras { $0.identityHeader = "X-AuthUser" },
        "CPanel/recipients": extras { $0.dkim = .none },
        "CPanel/vendor-removed": extras { $0.replaceOthers = .remove },
    ]

    private static func extras(_ set: (inout CPanelSettings) -> Void) -> ServerExtras {
        var extras = CPanelSettings()
        set(&extras)
        return ServerExtras(extras)
    }
}
