/// The playbook's language: every key, what it wants and what it is for.
enum PlaybookShape {
    static func playbook(in language: PlaybookLanguage) -> Shape {
        .record(
            Record(
                "a playbook",
                [
                    Key(
                        "smarthosts",
                        .table(keys: .smarthostName, values: smarthost),
                        "The relays, under names of your choice."
                    ),
                    Key(
                        "plays",
                        .list(of: .record(play(in: language)), atLeast: 1),
                        "Which hosts get which routes.",
                        isRequired: true
                    ),
                    Key("verify", verify, "The message that proves the route."),
                    Key("rollout", rollout, "How many hosts are changed at a time, and when to stop."),
                ]
            )
        )
    }

    static let smarthost = Shape.record(
        Record(
            "a smarthost",
            [
                Key("host", .text(.hostName), "Its name or address. MX records are never looked up."),
                Key("hosts", .list(of: .text(.hostName), atLeast: 1), "Several hosts, tried in this order."),
                Key("port", .integer(1...65_535), "587 is for submission.", fallback: "587"),
                Key(
                    "tls",
                    .choice([
                        Word("none", "never encrypted"),
                        Word("opportunistic", "encrypted where the smarthost offers it"),
                        Word(
                            "required",
                            "encrypted or not sent; the certificate is not checked, so anybody in the middle could answer"
                        ),
                        Word("verified", "encrypted, and the certificate is valid and names the smarthost"),
                    ]),
                    "How the connection is encrypted. Default: verified if there is a login, else required."
                ),
                Key(
                    "login",
                    .login,
                    "User name and password. If absent, the smarthost recognises the host by its address."
                ),
                Key(
                    "provider",
                    .choice(ProviderPreset.all.map { Word($0.name, $0.title) }),
                    "A preset for the values above; each of them can be overridden."
                ),
                Key(
                    "region",
                    .words(ProviderPreset.allRegions),
                    "The provider's region, where its smarthosts differ by region."
                ),
            ],
            rules: [.notBoth("host", "hosts"), .oneOf(["host", "hosts", "provider"])]
        )
    )

    private static func play(in language: PlaybookLanguage) -> Record {
        Record(
            "a play",
            [
                Key("name", .text(.line("a name")), "Its name in reports. Default: its host pattern."),
                Key(
                    "hosts",
                    .oneOrMore(.text(.hostPattern)),
                    "A host pattern as in Ansible: `web:!staging`.",
                    isRequired: true
                ),
                Key(
                    "mta",
                    language.mta,
                    "Which mail server the play is for; `auto` uses the one that is found.",
                    fallback: "auto"
                ),
                Key("routes", .record(RoutesShape.routes), "Which mail goes where.", isRequired: true),
            ] + language.sectionKeys
        )
    }

    static let verify = Shape.record(
        Record(
            "`verify`",
            [
                Key("to", .text(.address), "The recipient of the test message.", isRequired: true),
                Key(
                    "from",
                    .text(.localPartOrAddress),
                    "Its envelope sender. `root` is root at the host's own name.",
                    fallback: "root"
                ),
                Key("within", .text(.duration), "How long to wait for the smarthost's answer.", fallback: "2m"),
                Key(
                    "at-most",
                    .integer(1...1000),
                    "How many messages are sent at most; there is one for each route of the plan.",
                    fallback: "20"
                ),
            ]
        )
    )

    static let rollout = Shape.record(
        Record(
            "`rollout`",
            [
                Key(
                    "waves",
                    .list(of: amount(atLeast: 1), atLeast: 1),
                    "Numbers or percentages of hosts, one wave each."
                ),
                Key(
                    "max-failures",
                    amount(atLeast: 0),
                    "How many hosts of a wave may fail before the rollout is aborted: a number, or a percentage.",
                    fallback: "0"
                ),
                Key("pause", .text(.duration), "How long to wait between waves.", fallback: "0s"),
                Key(
                    "revert-after",
                    .text(.duration),
                    "After how long a host that was changed but not confirmed puts itself back. Default: five minutes more than `verify` may take."
                ),
                Key(
                    "on-abort",
                    .choice([
                        Word("keep", "committed hosts stay committed"),
                        Word("roll-back", "committed hosts are put back as well"),
                    ]),
                    "What happens to committed hosts when a rollout is aborted.",
                    fallback: "keep"
                ),
            ]
        )
    )

    private static func amount(atLeast least: Int) -> Shape {
        .either([.integer(least...1_000_000), .text(.percentage)])
    }
}

extension Shape {
    /// User name and password.
    package static let login = Shape.record(
        Record(
            "a login",
            [
                Key("username", .text(.line("a user name")), "The user name.", isRequired: true),
                Key(
                    "password",
                    .text(.secret),
                    "Where to get the password: \(SecretReference.forms).",
                    isRequired: true
                ),
            ]
        )
    )
}

/// The JSON Schema of playbooks, for editors.
package enum PlaybookSchema {
    package static func json(in language: PlaybookLanguage) -> String {
        PlaybookShape.playbook(in: language).document(
            title: "mtactl playbook",
            note: "Moves mail servers onto an outbound relay, and proves that mail takes the new route."
        )
    }
}
