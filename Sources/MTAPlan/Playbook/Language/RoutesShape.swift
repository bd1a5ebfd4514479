/// What is under `routes`.
enum RoutesShape {
    static let routes = Record(
        "`routes`",
        [
            Key(
                "default",
                .text(.route),
                "A smarthost, or `direct`: no change of route.",
                fallback: "direct"
            ),
            Key(
                "recipients",
                .table(keys: .recipientDomain, values: .text(.route)),
                "Routes by the recipient's domain; `.example.org` means its subdomains. They take precedence over `senders`."
            ),
            Key(
                "senders",
                .table(keys: .sender, values: .either([.text(.route), sender])),
                "Routes by `@domain` or address of the envelope sender; the most specific wins. They take precedence over `default`."
            ),
            Key(
                "senders-file",
                .record(sendersFile),
                "A list of senders on the host that others maintain, in the mail server's lookup format."
            ),
            Key(
                "bounces",
                .choice([
                    Word("direct", "not through a smarthost"),
                    Word("default", "as `default` says"),
                ]),
                "The route of mail with an empty envelope sender.",
                fallback: "direct"
            ),
            Key(
                "local-domains",
                .choice([
                    Word("keep", "delivered on the host, as before"),
                    Word("relay", "through the smarthost as well; needs `from-smarthost`"),
                ]),
                "What happens to mail for the host's own domains.",
                fallback: "keep"
            ),
            Key(
                "from-smarthost",
                .list(of: .text(.network), atLeast: 1),
                "Addresses that the smarthost sends from: mail from there is delivered on the host, or it would loop."
            ),
            Key("rewrite-return-path", .record(returnPath), "Envelope senders that the smarthost would refuse."),
        ]
    )

    static let sender = Shape.record(
        Record(
            "a sender's route",
            [
                Key("via", .text(.route), "A smarthost, or `direct`.", isRequired: true),
                Key("login", .login, "Instead of the smarthost's own."),
            ]
        )
    )

    static let sendersFile = Record(
        "`senders-file`",
        [
            Key("path", .text(.remotePath), "The list on the host.", isRequired: true),
            Key("via", .text(.route), "The smarthost for the senders in it.", isRequired: true),
            Key("logins", .text(.remotePath), "A list on the host with a login for each sender."),
        ]
    )

    static let returnPath = Record(
        "`rewrite-return-path`",
        [
            Key("to", .text(.address), "The address that replaces them.", isRequired: true),
            Key(
                "senders",
                .list(of: .text(.addressPattern), atLeast: 1),
                "The envelope senders; `*` stands for any characters.",
                isRequired: true
            ),
        ]
    )
}
