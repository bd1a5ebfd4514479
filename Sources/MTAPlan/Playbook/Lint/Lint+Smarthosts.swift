extension Lint {
    mutating func checkSmarthosts() {
        let used = Set(playbook.plays.flatMap { $0.routes.smarthosts.map(\.name) })
        for smarthost in playbook.smarthosts {
            let path = ["smarthosts", smarthost.name]
            if !used.contains(smarthost.name) {
                find("unused-smarthost", .warning, path, "no play sends mail to `\(smarthost.name)`", hint: "remove it")
            }
            checkProtection(smarthost, path)
            if let name = smarthost.provider, let preset = ProviderPreset.named(name) { check(smarthost, preset, path) }
        }
    }

    private mutating func checkProtection(_ smarthost: Smarthost, _ path: [String]) {
        let hasLogin = smarthost.login != nil || logins(with: smarthost)
        switch smarthost.tls {
        case .none:
            find(
                "tls-none",
                .warning,
                path + ["tls"],
                "mail to `\(smarthost.name)` crosses the network in clear text",
                hint: "write `tls: required`, unless something else protects the connection"
            )
        case .opportunistic where hasLogin:
            find(
                "tls-opportunistic-login",
                .warning,
                path + ["tls"],
                "anyone who can tamper with the connection to `\(smarthost.name)` gets the password in clear text",
                hint: "write `tls: verified`"
            )
        case .required where hasLogin:
            find(
                "tls-required-login",
                .warning,
                path + ["tls"],
                "anyone between the hosts and `\(smarthost.name)` can get the password, as its certificate is not checked",
                hint: "write `tls: verified`, which is the default where there is a login"
            )
        case .opportunistic:
            find(
                "tls-opportunistic",
                .note,
                path + ["tls"],
                "mail to `\(smarthost.name)` goes in clear text where the smarthost does not offer encryption",
                hint: "write `tls: required` if it always does"
            )
        case .required, .verified: break
        }
        checkPlace(smarthost, path, hasLogin: hasLogin)
    }

    /// Whether where it listens goes with how it is protected.
    private mutating func checkPlace(_ smarthost: Smarthost, _ path: [String], hasLogin: Bool) {
        if hasLogin, smarthost.port == 25 {
            find(
                "login-port-25",
                .warning,
                path + ["port"],
                "`\(smarthost.name)` asks for a login on port 25",
                hint: "providers accept logins on 587, and many networks close 25"
            )
        }
        if smarthost.tls == .verified,
            smarthost.hosts.contains(where: { HostAddress.isIPv4($0) || HostAddress.isIPv6($0) })
        {
            find(
                "verified-address",
                .warning,
                path + ["tls"],
                "the certificate of `\(smarthost.name)` would have to name an IP address",
                hint: "write its name as `host`"
            )
        }
    }

    /// Whether any sender logs in to it as itself.
    private func logins(with smarthost: Smarthost) -> Bool {
        playbook.plays.contains { play in
            play.routes.senders.contains { $0.login != nil && $0.route == .via(smarthost) }
                || play.routes.sendersFile?.logins != nil && play.routes.sendersFile?.smarthost == smarthost
        }
    }

    private mutating func check(_ smarthost: Smarthost, _ preset: ProviderPreset, _ path: [String]) {
        let path = path + ["provider"]
        for prerequisite in preset.prerequisites {
            find("provider-prerequisite", .note, path, "\(preset.title) requires this first: \(prerequisite)")
        }
        if let spf = preset.spf {
            find(
                "provider-spf",
                .note,
                path,
                "the SPF record of each sending domain needs `include:\(spf)`",
                hint: "\(preset.title) sends from addresses of its own"
            )
        }
        if let caution = preset.caution { find("provider-caution", .note, path, "\(preset.title): \(caution)") }
        let hasLogin = smarthost.login != nil || logins(with: smarthost)
        if preset.knownBy == .login, !hasLogin {
            find("provider-login", .warning, path, "\(preset.title) requires a login", hint: "write `login` next to it")
        }
        if preset.knownBy == .address, hasLogin {
            find(
                "provider-login",
                .warning,
                path,
                "\(preset.title) recognises hosts by their address and offers no login",
                hint: "remove `login`"
            )
        }
        if let settling = preset.settling, let verify = playbook.verify, verify.within < settling {
            find(
                "provider-settling",
                .note,
                path,
                "\(preset.title) may need \(settling.components.seconds / 60) minutes until it recognises a new host",
                hint: "set it up well in advance, or the test message is refused and the host is put back"
            )
        }
    }
}

extension Routes {
    /// Every smarthost that some mail goes to.
    package var smarthosts: [Smarthost] {
        let routes = [defaultRoute] + recipients.map(\.route) + senders.map(\.route)
        var seen: Set<Smarthost> = []
        let named = routes.compactMap { if case .via(let smarthost) = $0 { smarthost } else { nil } }
        return (named + (sendersFile.map { [$0.smarthost] } ?? [])).filter { seen.insert($0).inserted }
    }
}
