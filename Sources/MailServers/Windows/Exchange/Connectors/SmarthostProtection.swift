import MTAPlan

/// How `tls`, `login` and `authentication` are said in the properties of a Send connector.
struct SmarthostProtection: Sendable, Hashable {
    /// SmartHostAuthMechanism.
    let mechanism: String
    let requiresTLS: Bool
    let ignoresTLS: Bool
    /// TlsAuthLevel.
    let level: String?
    /// TlsDomain.
    let domain: String?

    /// - Throws: Where Exchange cannot do exactly this.
    init(_ smarthost: Smarthost, _ authentication: ExchangeSettings.Authentication?) throws(Failure) {
        let isAddress = smarthost.hosts.contains { HostAddress.isIPv4($0) || HostAddress.isIPv6($0) }
        let asked = authentication ?? Self.fitting(smarthost)
        try Self.check(asked, smarthost, isAddress: isAddress)
        mechanism = asked.mechanism
        requiresTLS = smarthost.tls == .required || smarthost.tls == .verified
        ignoresTLS = smarthost.tls == .none
        switch smarthost.tls {
        case .none, .opportunistic: (level, domain) = (nil, nil)
        case .required: (level, domain) = ("EncryptionOnly", nil)
        case .verified:
            if isAddress { throw .unnamed(smarthost) }
            if smarthost.hosts.count == 1 {
                (level, domain) = ("DomainValidation", smarthost.hosts[0])
            } else if asked == .basicRequireTLS {
                // There is one TlsDomain for all hosts, but this mechanism compares each host's own name.
                (level, domain) = ("CertificateValidation", nil)
            } else {
                throw .severalNames(smarthost)
            }
        }
    }

    /// With a login `verified` compares the name as well before it logs in; `required` does not look at the certificate.
    private static func fitting(_ smarthost: Smarthost) -> ExchangeSettings.Authentication {
        guard smarthost.login != nil else { return .none }
        return smarthost.tls == .verified ? .basicRequireTLS : .basic
    }

    private static func check(
        _ asked: ExchangeSettings.Authentication,
        _ smarthost: Smarthost,
        isAddress: Bool
    ) throws(Failure) {
        if smarthost.port == 465, smarthost.tls != .none { throw .implicitTLS(smarthost) }
        switch asked {
        case .none where smarthost.login != nil, .exchangeServer where smarthost.login != nil,
            .external where smarthost.login != nil:
            throw .loginUnused(smarthost, asked)
        case .basic where smarthost.login == nil, .basicRequireTLS where smarthost.login == nil:
            throw .loginMissing(smarthost, asked)
        case .basicRequireTLS where isAddress: throw .unnamedForLogin(smarthost)
        case .basicRequireTLS where smarthost.tls == .none: throw .loginNeedsTLS(smarthost)
        default: break
        }
    }
}

extension ExchangeSettings.Authentication {
    /// As Exchange calls it.
    var mechanism: String {
        switch self {
        case .none: "None"
        case .basic: "BasicAuth"
        case .basicRequireTLS: "BasicAuthRequireTLS"
        case .exchangeServer: "ExchangeServer"
        case .external: "ExternalAuthoritative"
        }
    }
}

extension Failure {
    fileprivate static func unnamed(_ smarthost: Smarthost) -> Failure {
        Failure(
            "no certificate names the address of `\(smarthost.name)`, so `tls: verified` cannot hold",
            hint: "write the smarthost's name as `host`, or `tls: required`"
        )
    }

    fileprivate static func severalNames(_ smarthost: Smarthost) -> Failure {
        Failure(
            "a Send connector has one TlsDomain, and `\(smarthost.name)` has \(smarthost.hosts.count) hosts to verify",
            hint: "write one host, or `tls: required`; with a login Exchange compares each host's own name"
        )
    }

    fileprivate static func implicitTLS(_ smarthost: Smarthost) -> Failure {
        Failure(
            "Exchange starts TLS only with STARTTLS, but port 465 of `\(smarthost.name)` expects TLS at once",
            hint: "write `port: 587`"
        )
    }

    fileprivate static func loginUnused(
        _ smarthost: Smarthost,
        _ asked: ExchangeSettings.Authentication
    ) -> Failure {
        Failure(
            "`authentication: \(asked.rawValue)` does not use the login of `\(smarthost.name)`",
            hint: "leave `authentication` out, or the smarthost's `login`"
        )
    }

    fileprivate static func loginMissing(
        _ smarthost: Smarthost,
        _ asked: ExchangeSettings.Authentication
    ) -> Failure {
        Failure(
            "`authentication: \(asked.rawValue)` needs a user name and password, and `\(smarthost.name)` has no `login`",
            hint: "write the smarthost's `login`, or `authentication: none`"
        )
    }

    fileprivate static func unnamedForLogin(_ smarthost: Smarthost) -> Failure {
        Failure(
            "BasicAuthRequireTLS compares the smarthost's name with its certificate, and `\(smarthost.name)` has an address",
            hint: "write the smarthost's name as `host`, or `authentication: basic`"
        )
    }

    fileprivate static func loginNeedsTLS(_ smarthost: Smarthost) -> Failure {
        Failure(
            "BasicAuthRequireTLS needs TLS, and `\(smarthost.name)` says `tls: none`",
            hint: "write `tls: required`, or `authentication: basic`"
        )
    }
}
