import Testing

@testable import MTAPlan

@Suite struct PlaybookErrorTests {
    /// Faults of a play's lines, with a smarthost `filter` above them; the places are their own lines.
    private func faultsOfPlay(_ lines: String) -> [String] {
        let text = "smarthosts: {filter: {host: f.example}}\nplays:\n- hosts: all\n" + lines
        return faults(text).map { String($0.dropFirst("p.yml:".count)) }
    }

    private func faultsOfSmarthost(_ line: String) -> [String] {
        faults("smarthosts:\n  f: \(line)\nplays: [{hosts: all, routes: {}}]").map {
            String($0.dropFirst("p.yml:".count))
        }
    }

    @Test(arguments: [
        ("  rotes: {}\n  routes: {}", "4:3: `rotes` is not a setting of a play [did you mean `routes`?]"),
        ("  mta: postfx\n  routes: {}", "did you mean `postfix`?"),
        ("  routes: {default: fitler}", "4:21: there is no smarthost `fitler` [did you mean `filter`?]"),
        ("  routes: {default: x}", "4:21: there is no smarthost `x` [there is `filter`, `direct`]"),
        (
            "  routes:\n    recipients:\n      example.org: filter\n      EXAMPLE.ORG: direct",
            "7:7: `EXAMPLE.ORG` is the same domain as `example.org` on line 6 [remove one]"
        ),
        (
            "  routes: {recipients: {\"*.example.org\": filter}}",
            "4:25: `*.example.org` is not a domain [write `.example.org` for the subdomains of a domain]"
        ),
        (
            "  routes: {recipients: {a@b.example: filter}}",
            "4:25: `a@b.example` is not a domain [recipients are routed by domain, not by address]"
        ),
        (
            "  routes: {recipients: {münchen.example: filter}}",
            "4:25: `münchen.example` has the letter `ü` in a domain [write its DNS form, which begins with `xn--`: `idn2 NAME` prints it]"
        ),
        (
            "  routes: {recipients: {example.org.: filter}}",
            "4:25: `example.org.` ends with a dot [write the domain without it]"
        ),
        (
            "  routes: {senders: {example.com: filter}}",
            "4:22: `example.com` is not a sender, it has no `@` [write `\"@example.com\"` for a whole domain]"
        ),
        (
            "  routes:\n    senders:\n      Boss@example.com: filter\n      boss@EXAMPLE.com: filter",
            "7:7: `boss@EXAMPLE.com` is the same sender as `Boss@example.com` on line 6 [remove one]"
        ),
        ("  routes: {senders: {\"<>\": filter}}", "4:22: `<>` is the empty sender [set its route under `bounces`]"),
        (
            "  routes: {senders: {a@b.example: {via: direct, login: {username: u, password: env:X}}}}",
            "4:49: mail that goes `direct` has no login [remove `login`]"
        ),
        (
            "  routes: {local-domains: relay}",
            "4:12: mail for the host's own domains would loop [write `from-smarthost: [ADDRESS, …]`: mail that comes from there is delivered on the host]"
        ),
        (
            "  routes: {from-smarthost: [192.0.2.1]}",
            "4:12: `from-smarthost` has no effect without `local-domains: relay` [write that as well, or remove it]"
        ),
        (
            "  routes: {senders-file: {path: /etc/x, via: direct}}",
            "4:46: senders of a list take a smarthost, not `direct` [name a smarthost of this file]"
        ),
        (
            "  routes: {senders-file: {path: /etc/x y, via: filter}}",
            "4:33: `/etc/x y` has a character that mail servers do not accept in a path"
        ),
        (
            "  routes: {bounces: }",
            "4:21: `bounces` is empty; it must be one of `direct`, `default` [fill it in, or remove the line]"
        ),
        (
            "  routes: {}\nverify: {to: a@b.example, within: 120}",
            "5:35: `within` must be a duration such as `90s`, `2m` or `1h30m`, not the number `120` [write `120s` for seconds]"
        ),
        ("  routes: {}\nverify: {from: root}", "5:9: `verify` lacks `to` [the recipient of the test message]"),
        (
            "  routes: {}\nverify: {to: a@b.example, within: 3m}\nrollout: {revert-after: 3m}",
            "6:25: hosts would put themselves back while they are still being verified [write at least 190s: ten seconds more than `verify: within`]"
        ),
        ("  routes: {}\nrollout: {waves: [0]}", "5:19: `waves` must be a whole number from 1 to 1000000, not 0"),
        (
            "  routes: {}\nrollout: {waves: [101%]}",
            "5:19: `101%` is not an amount [write a number of hosts, or a percentage from `0%` to `100%`]"
        ),
        (
            "  routes: {}\n  exchange: {scoped: yes}",
            "5:22: `scoped` must be `true` or `false`, not the boolean `yes` [write `true` or `false`]"
        ),
        ("  routes: {}\n  name: no", "5:9: `name` must be a name, not the boolean `no` [put it in quotes]"),
        ("  routes: {}\n  name: 2024", "5:9: `name` must be a name, not the number `2024` [put it in quotes]"),
        (
            "  routes: {}\n  name: \"a\\nb\"",
            "5:9: `name` has a line break or control character in it [write it on one line]"
        ),
    ])
    func `a play's fault is said at its place`(lines: String, expected: String) {
        let found = faultsOfPlay(lines)

        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(expected) == true || found.first?.contains("[\(expected)]") == true, "\(found)")
    }

    @Test(arguments: [
        ("{}", "2:6: a smarthost lacks `host` or `hosts` or `provider`"),
        ("{host: a.example, hosts: [b.example]}", "2:24: `host` and `hosts` cannot be combined [remove one]"),
        ("{host: \"a.example:587\"}", "2:13: `a.example:587` has a port in it [write `port: 587` next to it]"),
        (
            "{host: \"[a.example]\"}",
            "2:13: `[a.example]` has brackets [write only the name; its MX records are never looked up]"
        ),
        ("{host: 192.0.2.300}", "2:13: `192.0.2.300` is not a domain name, it ends with a number"),
        ("{host: a.example, port: 0}", "2:30: `port` must be a whole number from 1 to 65535, not 0"),
        (
            "{host: a.example, port: \"25\"}",
            "2:30: `port` must be a whole number from 1 to 65535, not the text `25` [remove the quotes]"
        ),
        (
            "{host: a.example, tls: none, login: {username: u, password: env:X}}",
            "2:29: a password would cross the network in clear text [write `tls: required`, or remove `login`]"
        ),
        ("{hosts: [a.example, A.example]}", "2:26: `a.example` is listed twice in `hosts` [remove one]"),
        ("{provider: mimecats}", "not `mimecats` [did you mean `mimecast`?]"),
        ("{provider: mimecast, region: za}", "2:35: Mimecast has no region `za` [there is `au`, `eu`, `us`]"),
        ("{host: a.example, region: eu}", "2:32: `region` needs a `provider` [write `provider` as well, or remove it]"),
        (
            "{provider: spamexperts}",
            "2:17: SpamExperts has no smarthost that all customers share [write `host`: every customer has one of its own; for a trial it is smtp-trial.antispamcloud.com]"
        ),
    ])
    func `a smarthost's fault is said at its place`(line: String, expected: String) {
        let found = faultsOfSmarthost(line)

        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(expected) == true, "\(found)")
    }

    @Test(arguments: [
        "{host: a.example, login: {username: u, password: hunter2}}",
        "{host: a.example, login: {username: u, password: 'envv:hunter2'}}",
        "{host: a.example, login: {username: u, password: 'env:hunter2!'}}",
        "{host: a.example, login: {username: u, password: 'command:\"hunter2'}}",
        "{host: a.example, login: {username: u, password: !hunter2 x}}",
        "{host: a.example, login: {username: u, password: [hunter2]}}",
        "{host: a.example, login: {username: u, password: \"hunter2\\n\"}}",
        "{host: a.example, login: {username: u, passwrod: hunter2}}",
        "{host: a.example, login: 'u:hunter2'}",
        "{host: 'u:hunter2@a.example'}",
        "{host: a.example, login: {username: u, password: @hunter2}}",
    ])
    func `a password that is written out is an error that does not show it`(line: String) {
        let found = faultsOfSmarthost(line)

        #expect(!found.isEmpty)
        #expect(!found.contains { $0.contains("hunter2") })
    }

    @Test func `the ways to refer to a password are in the hint`() {
        #expect(
            faultsOfSmarthost("{host: a.example, login: {username: u, password: hunter2}}") == [
                "2:55: `password` is a plain-text password, which is not allowed [write `env:NAME`, `file:PATH`, `command:PROGRAM ARGS` or `\"prompt:\"`]"
            ]
        )
    }

    @Test func `names of smarthosts are letters, digits, hyphens and underscores`() {
        let text = """
            smarthosts:
              direct: {host: a.example}
              a b: {host: a.example}
              a/b: {host: a.example}
              1: {host: a.example}
              A-z_9: {host: a.example}
            plays: [{hosts: all, routes: {}}]
            """

        #expect(
            faults(text).map { $0.prefix { $0 != "[" } }.map(String.init) == [
                "p.yml:2:3: `direct` is reserved for mail that takes no smarthost ",
                "p.yml:3:3: `a b` is not a name for a smarthost ",
                "p.yml:4:3: `a/b` is not a name for a smarthost ",
                "p.yml:5:3: the key here must be a name of letters, digits, `-` and `_` ",
            ]
        )
    }

    @Test func `all faults of a file are said at once, in the order of its lines`() {
        let text = """
            smarthosts:
              f: {host: a b, port: x}
            plays:
            - hosts: all
              routes: {default: g, bounces: maybe}
            - routes: {}
            verify: {to: nobody}
            """

        let places = faults(text).map { $0.split(separator: " ")[0] }

        #expect(places == ["p.yml:2:13:", "p.yml:2:24:", "p.yml:5:21:", "p.yml:5:33:", "p.yml:6:3:", "p.yml:7:14:"])
    }
}
