/// What only one mail server has, under its name.
enum ExtrasShape {
    static let keys = [
        Key("cpanel", .record(cpanel), "Only cPanel."),
        Key("directadmin", .record(directadmin), "Only DirectAdmin."),
        Key("exchange", .record(exchange), "Only Exchange: its Send connector."),
        Key("mailenable", .record(mailenable), "Only MailEnable."),
        Key("kerio", .record(kerio), "Only Kerio Connect."),
        Key("icewarp", .record(icewarp), "Only IceWarp."),
        Key("plesk", .record(plesk), "Only Plesk, whichever mail server it has."),
    ]

    private static let dkim = Key(
        "dkim",
        .choice([Word("sign", "where there is a key for the sender's domain"), Word("none")]),
        "Whether mail through the smarthost is signed.",
        fallback: "sign"
    )

    private static let identityHeader = Key(
        "identity-header",
        .text(.headerName),
        "A header with the user who logged in to send, for smarthosts that count by user: `X-AuthUser`."
    )

    private static let replaceOthers = Key(
        "replace-others",
        .choice([
            Word("refuse", "the host is left alone"),
            Word("remove", "their routers, transports and authenticators are taken out"),
        ]),
        "Smarthosts that others have set up on the panel.",
        fallback: "refuse"
    )

    static let cpanel = Record(
        "`cpanel`",
        [
            Key(
                "hourly-limits",
                .choice([
                    Word("count", "mail through the smarthost counts (POSTMAILCOUNT)"),
                    Word("ignore", "it does not (ROUTERSTART)"),
                ]),
                "The panel's hourly limits by domain.",
                fallback: "count"
            ),
            dkim, identityHeader, replaceOthers,
        ]
    )

    static let directadmin = Record(
        "`directadmin`",
        [
            Key(
                "sending-limits",
                .choice([Word("count", "`check_limits` is asked"), Word("ignore")]),
                "The panel's limits by user.",
                fallback: "count"
            ),
            dkim, identityHeader, replaceOthers,
        ]
    )

    static let plesk = Record(
        "`plesk`",
        [
            Key(
                "smarthost",
                .choice([
                    Word("panel", "in the panel itself, where it can: Obsidian 18.0.64 and later"),
                    Word("postfix", "in Postfix's own files; the panel's is to be off"),
                ]),
                "Where a smarthost for all mail is set.",
                fallback: "panel"
            )
        ]
    )

    static let exchange = Record(
        "`exchange`",
        [
            Key(
                "connector",
                .text(.line("the name of a connector")),
                "The Send connector that is made, or changed where there is one of that name."
            ),
            Key(
                "usage",
                words(ExchangeExtras.Usage.self),
                "What the connector is for, when it is made.",
                fallback: "custom"
            ),
            Key(
                "replace-others",
                words(ExchangeExtras.OtherConnectors.self),
                "Other enabled connectors for the same addresses. They are never deleted.",
                fallback: "warn"
            ),
            Key(
                "keep",
                .list(of: .text(.line("the name of a connector")), atLeast: 1),
                "Connectors that stay as they are."
            ),
            Key("cost", .integer(1...100), "The lower the more preferred.", fallback: "1"),
            Key("scoped", .boolean, "Only for servers of the same Active Directory site.", fallback: "false"),
            Key(
                "source-servers",
                .list(of: .text(.line("the name of a server")), atLeast: 1),
                "Servers that send through the connector. Absent: the host itself."
            ),
            Key(
                "authentication",
                words(ExchangeExtras.Authentication.self),
                "How it logs in to the smarthost. Absent: by the smarthost's `tls` and `login`."
            ),
            Key("helo-name", .text(.hostName), "What the server calls itself."),
            Key("protocol-log", words(ExchangeExtras.ProtocolLog.self), "The connector's log.", fallback: "none"),
            Key(
                "max-message-size",
                .either([.words(["unlimited"]), .integer(1...2_147_483_647)]),
                "Bytes, or `unlimited`. Absent: left as it is."
            ),
            Key("domain-controller", .text(.hostName), "The domain controller that is read from and written to."),
            Key(
                "restart-transport",
                words(ExchangeExtras.RestartTransport.self),
                "A new port needs a restart of the transport service.",
                fallback: "when-port-changes"
            ),
            Key(
                "shell-login",
                PlaybookShape.login,
                "An account for Exchange's own shell, for hosts that are reached with a key."
            ),
        ]
    )

    static let mailenable = Record(
        "`mailenable`",
        [
            Key(
                "profile",
                .text(.line("a path")),
                "A file beside the playbook with the names of the smart host's values in this version's registry."
            )
        ]
    )

    static let kerio = Record(
        "`kerio`",
        [
            Key("admin-port", .integer(1...65_535), "The port of the administration interface.", fallback: "4040"),
            Key("admin-login", PlaybookShape.login, "An account of the administration interface."),
            Key(
                "replace-others",
                words(KerioExtras.OtherRules.self),
                "Relay rules that others made.",
                fallback: "disable"
            ),
        ]
    )

    static let icewarp = Record(
        "`icewarp`",
        [
            Key(
                "tool",
                .text(.line("a path")),
                "The whole path of tool.sh or tool.exe, if it is not in its usual place."
            ),
            Key(
                "use",
                .choice([
                    Word("always"), Word("when-direct-fails", "only for mail that could not be delivered directly"),
                ]),
                "When the smarthost is used.",
                fallback: "always"
            ),
        ]
    )

    private static func words<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> Shape {
        .words(type.allCases.map(\.rawValue))
    }
}
