import MTAPlan

@testable import MailServers

extension FixtureRoutes {
    static let iceWarp: [String: Routes] = [
        "IceWarp/all-by-address": together(via: plain),
        "IceWarp/all-with-login": together(via: sparing),
        "IceWarp/all-with-login-again": together(via: sparing),
        "IceWarp/a-login-of-another": together(via: plain),
        "IceWarp/in-clear": together(via: inClear),
        "IceWarp/several-hosts": together(via: several(sparing)),
        "IceWarp/when-direct-fails": together(via: sparing),
        "IceWarp/nothing-asked": Routes(),
        "IceWarp/rows-that-decide-before": together(via: plain),
        "IceWarp/refuses-required": together(via: filter),
        "IceWarp/refuses-verified": together(via: oneVerified),
        "IceWarp/refuses-recipients": recipients,
        "IceWarp/refuses-senders": senders,
        "IceWarp/refuses-bounces-apart": everyone(via: plain),
        "IceWarp/refuses-return-path": Routes(returnPath: returnPath.returnPath),
        "IceWarp/refuses-a-password-it-cannot-hold": together(via: with(.environment("FILTER"))),
        "IceWarp/refuses-a-user-it-cannot-hold": together(via: with(.environment("SPARING"), user: "out:1")),
        "IceWarp/refuses-port-465": together(via: on465),
        "IceWarp/refuses-another-tool": together(via: plain),
        "IceWarp/refuses-an-address": together(via: Smarthost(name: "six", hosts: ["2001:db8::9"], tls: .none)),
    ]

    static let iceWarpExtras: [String: ServerExtras] = [
        "IceWarp/when-direct-fails": section { $0.use = .whenDirectFails },
        "IceWarp/refuses-another-tool": section { $0.tool = "/usr/local/icewarp/tool.sh" },
    ]

    private static func section(_ change: (inout IceWarpSettings) -> Void) -> ServerExtras {
        var settings = IceWarpSettings()
        change(&settings)
        return ServerExtras(settings)
    }

    private static func with(_ password: SecretReference, user: String = "out@example.com") -> Smarthost {
        Smarthost(
            name: "filter",
            hosts: ["outgoing.example.net"],
            tls: .opportunistic,
            login: Login(username: user, password: password)
        )
    }

    static let sparing = with(.environment("SPARING"))

    private static let inClear = {
        var clear = sparing
        (clear.tls, clear.port) = (.none, 2525)
        return clear
    }()

    private static let on465 = {
        var other = sparing
        other.port = 465
        return other
    }()

    private static func several(_ smarthost: Smarthost) -> Smarthost {
        var several = smarthost
        several.hosts.append("outgoing2.example.net")
        return several
    }
}
