/// What is known of a provider of smarthosts.
///
/// Every value can be overridden in the playbook.
package struct ProviderPreset: Sendable, Hashable {
    /// As after `provider:`.
    package var name: String
    package var title: String
    /// By region, in the order in which they are tried; the empty region is the one that needs no `region:`.
    package var hosts: [String: [String]]
    package var port: Int
    package var tls: TLSPolicy
    package var knownBy: KnownBy
    /// The `include:` that the senders' domains need in their SPF record.
    package var spf: String?
    /// What has to be arranged with the provider before the first message.
    package var prerequisites: [String]
    /// How long the provider's own settings take to hold.
    package var settling: Duration?
    /// Why no host is preset, and where to find it.
    package var hostHint: String?
    /// What an operator should know before choosing it.
    package var caution: String?

    package enum KnownBy: Sendable, Hashable {
        case address
        case login
        case addressOrLogin
    }

    package static func named(_ name: String) -> ProviderPreset? { all.first { $0.name == name } }

    static var allRegions: [String] { Set(all.flatMap(\.hosts.keys)).subtracting([""]).sorted() }

    /// Regions that can be chosen.
    var regions: [String] { hosts.keys.filter { !$0.isEmpty }.sorted() }

    private init(
        _ name: String,
        _ title: String,
        hosts: [String: [String]] = [:],
        port: Int,
        tls: TLSPolicy = .required,
        knownBy: KnownBy,
        spf: String? = nil,
        prerequisites: [String],
        settling: Duration? = nil,
        hostHint: String? = nil,
        caution: String? = nil
    ) {
        self.name = name
        self.title = title
        self.hosts = hosts
        self.port = port
        self.tls = tls
        self.knownBy = knownBy
        self.spf = spf
        self.prerequisites = prerequisites
        self.settling = settling
        self.hostHint = hostHint
        self.caution = caution
    }
}

extension ProviderPreset {
    /// In the order of the documentation.
    package static let all = [spamExperts, mailAssure, mimecast, mailRoute, mcAfeeSaaS]

    /// Source: SpamExperts' page of examples.
    ///
    /// The host that is not for trials is every customer's own.
    private static let spamExperts = ProviderPreset(
        "spamexperts",
        "SpamExperts",
        port: 587,
        knownBy: .addressOrLogin,
        prerequisites: [
            "an outgoing user for the host's address, or one with a password, with limits that fit its traffic",
            "the SPF record of each sending domain names the outgoing hosts of your own branding",
            "the cluster's addresses are exempt from the host's sender verification callouts",
        ],
        hostHint: "write `host`: every customer has one of its own; for a trial it is smtp-trial.antispamcloud.com"
    )

    /// Source: documentation.n-able.com, Mail Assure, outgoing.
    private static let mailAssure = ProviderPreset(
        "mail-assure",
        "N-able Mail Assure",
        hosts: [
            "": ["smtpout.mtaroutes.com"], "eu": ["smtpout-eu.mtaroutes.com"], "us": ["smtpout-us.mtaroutes.com"],
            "uk": ["smtpout-uk.mtaroutes.com"], "au": ["smtpout-au.mtaroutes.com"], "ca": ["smtpout-ca.mtaroutes.com"],
            "za": ["smtpout-za.mtaroutes.com"],
        ],
        port: 587,
        knownBy: .login,
        spf: "spf.mtaroutes.com",
        prerequisites: ["an outgoing user with a password", "at most ten connections at a time"]
    )

    /// Source: community.mimecast.com.
    ///
    /// The second host of each region follows the pattern of the first.
    private static let mimecast = ProviderPreset(
        "mimecast",
        "Mimecast",
        hosts: Dictionary(
            uniqueKeysWithValues: ["au", "eu", "us"].map { region in
                (region, [1, 2].map { "\(region)-smtp-outbound-\($0).mimecast.com" })
            }
        ),
        port: 25,
        knownBy: .addressOrLogin,
        spf: "_netblocks.mimecast.com",
        prerequisites: ["the host's public address is an Authorized Outbound of your account"],
        settling: .seconds(7_200),
        hostHint: "choose a `region`, or write the `hosts` that your console shows",
        caution: "compare the two hosts with those in your console"
    )

    /// Source: support.mailroute.net.
    private static let mailRoute = ProviderPreset(
        "mailroute",
        "MailRoute",
        hosts: ["": ["outbound.mailroute.net"]],
        port: 25,
        knownBy: .address,
        spf: "spf.mailroute.net",
        prerequisites: [
            "the host's public address is listed under Delivery, Outbound Servers in the Control Panel",
            "DKIM and DMARC are set up for each sending domain",
        ]
    )

    /// Source: the provider's page for Exchange 2007 and 2010, 2014.
    ///
    /// The service has ended.
    private static let mcAfeeSaaS = ProviderPreset(
        "mcafee-saas",
        "McAfee SaaS Email Protection",
        port: 25,
        tls: .opportunistic,
        knownBy: .address,
        prerequisites: ["the host's public address is listed under Outbound Servers in the Control Console"],
        settling: .seconds(1_800),
        hostHint: "write `host`: your domain followed by the site's name, as the Control Console shows it",
        caution: "the service has ended; this is for hosts that still name it"
    )
}
