package import MTAPlan

extension OpenSMTPD {
    package func notation(of path: String) -> Notation {
        if path.hasSuffix("smtpd-mtactl-logins") { return .unknown }
        return Notation(
            .statements,
            continuation: .backslash,
            harmless: ["listen", "table", "action", "match", "include", "queue", "pki", "ca", "bounce"]
        )
    }
}
