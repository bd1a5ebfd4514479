/// What a log says of TLS with the next hop.
package struct TLSSession: Sendable, Hashable, Codable {
    /// As the mail server names it: `TLSv1.3`; `TLS` where its log has no more.
    package var version: String
    package var trust: CertificateTrust

    package init(_ version: String, _ trust: CertificateTrust) {
        self.version = version
        self.trust = trust
    }
}

extension TLSSession: CustomStringConvertible {
    /// `TLSv1.3, Verified`.
    package var description: String {
        switch trust {
        case .verified: "\(version), Verified"
        case .trusted: "\(version), Trusted"
        case .untrusted: "\(version), Untrusted"
        case .anonymous: "\(version), Anonymous"
        case .unknown: version
        }
    }
}

/// How far the mail server trusted the next hop's certificate, in the distinctions that Postfix makes.
///
/// Source: postconf(5), `smtp_tls_loglevel`.
package enum CertificateTrust: String, Sendable, Hashable, Codable, CaseIterable {
    /// An authority vouches for it, and it names the host.
    case verified
    /// An authority vouches for it; whom it names was not compared.
    case trusted
    /// There is one, and nobody vouches for it, or nobody looked.
    case untrusted
    /// There was none.
    case anonymous
    /// The log does not tell.
    case unknown
}
