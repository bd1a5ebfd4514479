/// What is wanted of which hosts, in words that hold for every mail server.
///
/// Source: DESIGN.md §2.
package struct Playbook: Sendable, Equatable {
    package var plays: [Play]
    package var verify: TestMessageRequest?
    package var rollout: RolloutPolicy
    /// Every smarthost of the file, also those that no play uses.
    package var smarthosts: [Smarthost]

    package init(
        plays: [Play],
        verify: TestMessageRequest? = nil,
        rollout: RolloutPolicy = RolloutPolicy(),
        smarthosts: [Smarthost] = []
    ) {
        self.plays = plays
        self.verify = verify
        self.rollout = rollout
        self.smarthosts = smarthosts
    }
}

/// One group of hosts and how their mail is to leave.
package struct Play: Sendable, Equatable {
    package var name: String
    /// A host pattern, as in Ansible: `web:!staging`.
    package var hosts: String
    package var mta: MailServerChoice
    package var routes: Routes
    /// What only one mail server has, under its name.
    package var extras: ServerExtras

    package init(
        name: String,
        hosts: String,
        mta: MailServerChoice = .auto,
        routes: Routes,
        extras: ServerExtras = ServerExtras()
    ) {
        self.name = name
        self.hosts = hosts
        self.mta = mta
        self.routes = routes
        self.extras = extras
    }
}

/// Which mail server a play is for.
package enum MailServerChoice: Sendable, Hashable {
    /// The one that is found on the host; two are a refusal.
    case auto
    /// A name from the catalog: `postfix`, `exim`.
    case named(String)
}

/// The relay that outgoing mail is sent through.
package struct Smarthost: Sendable, Hashable {
    /// Its name in the playbook: letters, digits, `-` and `_`.
    package var name: String
    /// Tried in this order.
    ///
    /// Host names or addresses, without port.
    package var hosts: [String]
    package var port: Int
    package var tls: TLSPolicy
    /// `nil` where the smarthost knows the host by its address.
    package var login: Login?
    /// The preset that the values came from: `mailroute`.
    package var provider: String?

    package init(
        name: String,
        hosts: [String],
        port: Int = 587,
        tls: TLSPolicy = .required,
        login: Login? = nil,
        provider: String? = nil
    ) {
        self.name = name
        self.hosts = hosts
        self.port = port
        self.tls = tls
        self.login = login
        self.provider = provider
    }
}

/// How the connection to a smarthost is protected.
package enum TLSPolicy: String, Sendable, Hashable, CaseIterable, Codable {
    case none
    /// Encrypted where the smarthost offers it.
    case opportunistic
    /// Encrypted, or not sent. The certificate is not looked at, so anybody in the middle could be the other end.
    case required
    /// Encrypted, and the certificate is valid and names the smarthost.
    case verified
}

/// A user name and where to get its password.
package struct Login: Sendable, Hashable {
    package var username: String
    package var password: SecretReference

    package init(username: String, password: SecretReference) {
        self.username = username
        self.password = password
    }
}

/// Which mail goes to which smarthost.
///
/// Recipients beat senders, which beat the default.
package struct Routes: Sendable, Equatable {
    package var defaultRoute: Route
    /// In the playbook's order; no domain twice.
    package var recipients: [RecipientRow]
    /// In the playbook's order; no pattern twice.
    package var senders: [SenderRow]
    package var sendersFile: SendersFile?
    package var bounces: BounceRoute
    package var localDomains: LocalDomains
    package var returnPath: ReturnPathRewrite?

    package init(
        defaultRoute: Route = .direct,
        recipients: [RecipientRow] = [],
        senders: [SenderRow] = [],
        sendersFile: SendersFile? = nil,
        bounces: BounceRoute = .direct,
        localDomains: LocalDomains = .keep,
        returnPath: ReturnPathRewrite? = nil
    ) {
        self.defaultRoute = defaultRoute
        self.recipients = recipients
        self.senders = senders
        self.sendersFile = sendersFile
        self.bounces = bounces
        self.localDomains = localDomains
        self.returnPath = returnPath
    }
}

/// The way that a message leaves.
package enum Route: Sendable, Hashable {
    /// Not through a smarthost of the playbook. As the default: no change of route.
    case direct
    case via(Smarthost)
}

/// The route of mail **to** a domain.
package struct RecipientRow: Sendable, Hashable {
    package var domain: DomainPattern
    package var route: Route

    package init(domain: DomainPattern, route: Route) {
        self.domain = domain
        self.route = route
    }
}

/// A domain or all that is below it, never both.
///
/// Lower case, without the leading dot.
package enum DomainPattern: Sendable, Hashable {
    case exactly(String)
    case subdomains(of: String)
}

/// The route of mail **from** a domain or an address.
///
/// The most exact pattern wins.
package struct SenderRow: Sendable, Hashable {
    package var sender: SenderPattern
    package var route: Route
    /// Instead of the smarthost's own login.
    package var login: Login?

    package init(sender: SenderPattern, route: Route, login: Login? = nil) {
        self.sender = sender
        self.route = route
        self.login = login
    }
}

/// An envelope sender, or all senders of a domain.
///
/// Domains in lower case.
package enum SenderPattern: Sendable, Hashable {
    case address(String)
    /// `@example.com`, without the `@`.
    case domain(String)
}

/// A list of senders on the host that others maintain, and perhaps their logins.
///
/// Both files are in the form in which the host's own mail server looks keys up.
package struct SendersFile: Sendable, Hashable {
    package var path: String
    package var smarthost: Smarthost
    package var logins: String?

    package init(path: String, smarthost: Smarthost, logins: String? = nil) {
        self.path = path
        self.smarthost = smarthost
        self.logins = logins
    }
}

/// The route of mail with an empty envelope sender, where no row for its recipient decides.
package enum BounceRoute: String, Sendable, Hashable, CaseIterable {
    case direct
    case `default`
}

/// What happens to mail for the host's own domains.
package enum LocalDomains: Sendable, Hashable {
    case keep
    /// Sent through the smarthost, except what comes from these addresses, or it would loop.
    case relay(fromSmarthost: [String])
}

/// Senders that a smarthost would refuse, and what is put in their place in the envelope.
package struct ReturnPathRewrite: Sendable, Hashable {
    package var to: String
    /// Addresses in which `*` stands for any run of characters.
    package var senders: [String]

    package init(to: String, senders: [String]) {
        self.to = to
        self.senders = senders
    }
}

/// The message that proves the route.
package struct TestMessageRequest: Sendable, Equatable {
    package var to: String
    /// `nil`: root at the host's own name.
    package var from: String?
    /// How long to wait for the smarthost's answer.
    package var within: Duration
    /// How many messages are sent at most; there is one for each route of the plan.
    package var atMost: Int

    package init(to: String, from: String? = nil, within: Duration = .seconds(120), atMost: Int = 20) {
        self.to = to
        self.from = from
        self.within = within
        self.atMost = atMost
    }
}

/// In which portions a fleet is changed, and when to stop.
package struct RolloutPolicy: Sendable, Equatable, Codable {
    package var waves: [Amount]
    /// Of a wave; unreachable, refused, rolled back and stranded hosts count.
    package var maxFailures: Amount
    package var pause: Duration
    /// How long a changed host waits for its confirmation before it puts itself back; `nil` leaves it to
    /// `secondsToRevert`.
    package var revertAfter: Duration?
    package var onAbort: OnAbort

    package init(
        waves: [Amount] = [.percent(100)],
        maxFailures: Amount = .count(0),
        pause: Duration = .zero,
        revertAfter: Duration? = nil,
        onAbort: OnAbort = .keep
    ) {
        self.waves = waves
        self.maxFailures = maxFailures
        self.pause = pause
        self.revertAfter = revertAfter
        self.onAbort = onAbort
    }

    /// How long the dead-man switch waits, in whole seconds.
    ///
    /// `patience`: In seconds: how long the test message may take.
    package func secondsToRevert(patience: Int) -> Int {
        revertAfter.map { Int($0.components.seconds) } ?? patience + Int(Self.margin.components.seconds)
    }

    /// What is left, besides the wait for the test message, for everything else that is done between arming the switch
    /// and the confirmation.
    package static let margin = Duration.seconds(300)

    package enum Amount: Sendable, Hashable, Codable {
        case count(Int)
        /// Rounded up for waves, down for failures.
        case percent(Int)
    }

    /// What happens to hosts that were committed before a rollout is aborted.
    package enum OnAbort: String, Sendable, Hashable, CaseIterable, Codable {
        case keep
        case rollBack = "roll-back"
    }
}
