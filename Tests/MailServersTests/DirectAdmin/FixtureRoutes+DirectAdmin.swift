import MTAPlan
import MailServers

extension FixtureRoutes {
    static let directadmin: [String: Routes] = [
        "DirectAdmin/everyone": everyone(via: filter),
        "DirectAdmin/everything": everything,
        "DirectAdmin/limits-ignored": everyone(via: plain),
        "DirectAdmin/taken-out": Routes(),
        "DirectAdmin/vendor-removed": everyone(via: filter),
        "DirectAdmin/refuses-vendor": everyone(via: filter),
        "DirectAdmin/refuses-not-included": everyone(via: filter),
        "DirectAdmin/refuses-in-generated": everyone(via: filter),
        "DirectAdmin/refuses-own-template": everyone(via: filter),
        "DirectAdmin/refuses-no-limits": everyone(via: filter),
    ]

    static let directadminExtras: [String: ServerExtras] = [
        "DirectAdmin/limits-ignored": extras {
            $0.sendingLimits = .ignore
            $0.dkim = .none
            $0.identityHeader = "X-AuthUser"
        },
        "DirectAdmin/vendor-removed": extras { $0.replaceOthers = .remove },
    ]

    private static func extras(_ set: (inout DirectAdminSettings) -> Void) -> ServerExtras {
        var extras = DirectAdminSettings()
        set(&extras)
        return ServerExtras(extras)
    }
}
