import MTAPlan

/// Our part of sendmail.mc, at its end.
///
/// m4 puts each section where it belongs, and reads the definitions above only when the file is over (m4wrap in
/// cfhead.m4), so `SMART_HOST` of ours is the last one and nothing that comes before has to be touched.
///
/// The rules ask by `$&h`, the host part of the route, which is what is in our tables. What Sendmail's own
/// FEATURE(`authinfo') and the access map ask by, `${server_name}`, is the name after all CNAMEs, so a smarthost behind
/// one would get neither login nor TLS.
///
/// Source: cf/README, "ADDING NEW MAILERS OR RULESETS", LOCAL_NET_CONFIG, LOCAL_TLS_SERVER; proto.m4 of 8.17 and 8.18.
struct SendmailBlock: Sendable {
    let routes: SendmailRoutes
    let host: SendmailHost

    /// Empty where nothing is asked for.
    var lines: [String] {
        guard !routes.smarthosts.isEmpty || !routes.rows.isEmpty else { return [] }
        let sections = [definitions, mailers, maps, early, beforeSmarthost, tryTLS, tlsServer, rulesets]
        return sections.flatMap { $0 } + ["divert(0)dnl"]
    }

    /// The lines of sendmail.cf that say the same, as `grep` finds them there.
    var printed: [String] {
        let smarthost = routes.defaultRoute.map { ["DS\($0)"] } ?? []
        return smarthost + mapLines + mailerLines
    }

    // MARK: Sections

    private var definitions: [String] {
        var lines: [String] = []
        if let route = routes.defaultRoute { lines.append("define(`SMART_HOST', `\(route)')dnl") }
        if routes.needsVerified {
            lines += (host.certificates ?? []).map { "define(`\($0.macro)', `\($0.path)')dnl" }
        }
        return lines
    }

    private var mailers: [String] {
        mailerLines.isEmpty ? [] : ["MAILER_DEFINITIONS"] + mailerLines.map { "`\($0)'" }
    }

    /// What the host's own `relay` has of its own is taken over.
    private var mailerLines: [String] {
        let relay = host.made.mailer("relay") ?? ""
        let start = relay.ranges(of: "A=").last.map { relay[..<$0.lowerBound] } ?? relay[...]
        return routes.smarthosts.map { "M\($0.mailer), \(start)A=TCP $h \($0.port)" }
    }

    private var maps: [String] {
        let names = routes.needsVerified && host.has("_FFR_TLS_ALTNAMES") ? ["O SetCertAltnames=true"] : []
        return mapLines.isEmpty ? [] : ["LOCAL_CONFIG"] + mapLines + names
    }

    private var mapLines: [String] {
        var lines: [String] = []
        let type = host.tableType?.name ?? "hash"
        if !routes.rows.isEmpty || !routes.tls.isEmpty {
            lines.append("Kmtactlroute \(type) \(OwnSendmailTable.routes)")
        }
        if !routes.logins.isEmpty { lines.append("Kmtactllogin \(type) \(OwnSendmailTable.logins)") }
        if needsTLS { lines.append("Kmtactlarith arith") }
        return lines
    }

    private var needsTLS: Bool { routes.smarthosts.contains { $0.tls == .required || $0.tls == .verified } }

    /// Before everything else of ruleset 0: addresses such as `<user@[192.0.2.1]>`, which take the smarthost early.
    ///
    /// `authinfo` begins here, as it has to come before the one that the host has, and after the options.
    private var early: [String] {
        var lines: [String] = []
        if routes.decidesBySender {
            lines.append("R$* < @ [ $+ ] > $*\t$: $1 < @ [ $2 ] > $3 $| $>mtactlSender $&f")
            lines += Self.decided
        }
        if !routes.logins.isEmpty {
            lines += [
                "Sauthinfo",
                "R$*\t$: $1 $| <$&{cipher_bits}> <$&h>",
                "R$* $| <> <$+>\t$: $1 $| <$(mtactllogin clear/$2 $: ? $)>",
                "R$* $| <$+> <$+>\t$: $1 $| <$(mtactllogin $3 $: ? $)>",
                "R$* $| <?>\t$: $1",
                "R$* $| <$+>\t$# $2",
                "SParseLocal",
            ]
        }
        return lines.isEmpty ? [] : ["LOCAL_RULE_0"] + lines
    }

    /// After local names, the virtusertable and the mailertable.
    private var beforeSmarthost: [String] {
        guard !routes.rows.isEmpty else { return [] }
        var lines = ["LOCAL_NET_CONFIG"]
        let first = routes.decidesByRecipient ? "$>mtactlRecipient $2" : "$>mtactlSender $&f"
        lines.append("R$* < @ $+ > $*\t$: $1 < @ $2 > $3 $| \(first)")
        if routes.decidesByRecipient, routes.decidesBySender { lines.append("R$* $| ?\t$: $1 $| $>mtactlSender $&f") }
        return lines + Self.decided
    }

    /// To the mailer of a route; without one, on.
    private static let decided = [
        "R$* < @ $+ > $* $| direct\t$#ifdef(`confSMTP_MAILER', `confSMTP_MAILER', `esmtp') $@ $2 $: $1 < @ $2 > $3",
        "R$* $| $~[ : $+\t$#$2 $@ $3 $: $1",
        "R$* $| $*\t$: $1",
    ]

    private var tryTLS: [String] {
        guard routes.smarthosts.contains(where: { $0.tls == .none }) else { return [] }
        return [
            "LOCAL_TRY_TLS",
            "R$*\t$: $1 $| $(mtactlroute tls:$&h $: ? $)",
            "R$* $| none\t$#error $@ 5.7.1 $: \"550 TLS is not wanted\"",
            "R$* $| $*\t$: $1",
        ]
    }

    private var tlsServer: [String] {
        guard needsTLS else { return [] }
        let error = { (words: String) in "$#error $@ 4.7.0 $: \"454 \(words)\"" }
        let clear = error("the connection to the smarthost is not encrypted")
        var lines = [
            "LOCAL_TLS_SERVER",
            "R$*\t$: $1 $| $(mtactlroute tls:$&h $: ? $) $| $(mtactlarith l $@ $&{cipher_bits} $@ 128 $)",
            "R$* $| required $| TRUE\t\(clear)",
        ]
        if routes.needsVerified {
            lines += [
                "R$* $| verified $* $| TRUE\t\(clear)",
                "R$* $| verified $+ $| $*\t$: $1 $| $>mtactlNamed $2",
                "ROK $| named\t$: OK",
                "R$* $| named\t\(error("the certificate of the smarthost is not verified"))",
                "R$* $| unnamed\t\(error("the certificate is not for the name of the smarthost"))",
            ]
        }
        return lines + ["R$* $| $*\t$: $1"]
    }

    private var rulesets: [String] {
        var lines: [String] = []
        if routes.decidesByRecipient {
            lines += [
                "SmtactlRecipient",
                "R$+ .\t$: $1",
                "R$+\t$: $(mtactlroute to:$1 $: ? $) $| $1",
                "R? $| $- . $+\t$@ $>mtactlDomain $2",
                "R$* $| $*\t$@ $1",
                "SmtactlDomain",
                "R$+\t$: $(mtactlroute to:.$1 $: ? $) $| $1",
                "R? $| $- . $+\t$@ $>mtactlDomain $2",
                "R$* $| $*\t$@ $1",
            ]
        }
        if routes.decidesBySender {
            lines += [
                "SmtactlSender",
                "R$@\t$@ $(mtactlroute bounces $: ? $)",
                "R< $* @ >\t$@ $(mtactlroute bounces $: ? $)",
                "R< >\t$@ $(mtactlroute bounces $: ? $)",
            ]
            if routes.namesSenders {
                lines += [
                    "R$* < $+ > $*\t$: $2",
                    "R$+ @ $+ .\t$: $1 @ $2",
                    "R$+ @ $+\t$: $(mtactlroute from:$1@$2 $: ? $) $| $2",
                    "R? $| $+\t$: $(mtactlroute from:@$1 $: ? $) $| $1",
                    "R$* $| $*\t$@ $1",
                ]
            }
            lines.append("R$*\t$@ ?")
        }
        if routes.needsVerified {
            lines += [
                "SmtactlNamed",
                "R< $={cert_altnames} > $*\t$@ named",
                "R< $&{cn_subject} > $*\t$@ named",
                "R< $+ > $+\t$@ $>mtactlNamed $2",
                "R$*\t$@ unnamed",
            ]
        }
        return lines.isEmpty ? [] : ["LOCAL_RULESETS"] + lines
    }
}
