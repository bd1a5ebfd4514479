import Testing

@testable import MTAPlan

@Suite struct HostPatternTests {
    private func names(_ pattern: String) throws -> [String] {
        let inventory = try inventory(
            """
            web: {hosts: {"www[01:05]": , "mx1.example.com": }}
            db: {hosts: {db-a: , db-b: , mx1.example.com: }}
            staging: {hosts: {www03: , db-b: }}
            empty: {}
            """
        )
        return try HostPattern(pattern).hosts(in: inventory).map(\.name)
    }

    @Test(arguments: [
        ("all", "www01 www02 www03 www04 www05 mx1.example.com db-a db-b"),
        ("*", "www01 www02 www03 www04 www05 mx1.example.com db-a db-b"),
        ("web:!staging", "www01 www02 www04 www05 mx1.example.com"),
        ("!staging:web", "www01 www02 www04 www05 mx1.example.com"),
        ("web:&db", "mx1.example.com"), ("web,db", "www01 www02 www03 www04 www05 mx1.example.com db-a db-b"),
        ("web:db:&staging:!www*", "db-b"), ("!web", "db-a db-b"), ("&staging", "www03 db-b"),
        ("www0[1-2]", "www01 www02"),
        ("www0?", "www01 www02 www03 www04 www05"), ("*.example.com", "mx1.example.com"),
        ("~(db|mx)", "db-a db-b mx1.example.com"),
        ("~w+0[45]", "www04 www05"), ("web[0]", "www01"), ("web[-1]", "mx1.example.com"), ("web[1:2]", "www02 www03"),
        ("web[3:]", "www04 www05 mx1.example.com"), ("web[0-1]", "www01 www02"), ("web[7]", ""),
        ("all[0:1]", "www01 www02"),
        ("www[01:03]", "www01 www02 www03"), ("empty", ""), ("db-b", "db-b"), ("db-b, db-a", "db-b db-a"),
        ("db:web[0]", "db-a db-b mx1.example.com www01"),
        ("s*", "www03 db-b"),
        ("nothing*", ""), ("web[0:1]:!www02", "www01"),
        ("web:!staging,db-a", "www01 www02 www04 www05 mx1.example.com db-a"),
        ("~(?:db|mx):!db-a", "db-b mx1.example.com"), ("d*:!db-[!a]", "db-a mx1.example.com"),
    ])
    func `patterns mean what they mean to Ansible`(pattern: String, expected: String) throws {
        #expect(try names(pattern).joined(separator: " ") == expected)
    }

    @Test(
        arguments: [
            ("wep", "the inventory has no host or group `wep`", "did you mean `web`?"),
            ("web:!stagin", "the inventory has no host or group `stagin`", "did you mean `staging`?"),
            (
                "localhost", "the inventory has no host or group `localhost`",
                "this machine is only in the inventory if you add it"
            ),
            ("www[01:09]", "the inventory has no host or group `www06`", "did you mean `www01`?"),
            ("~(", "`~(` is not a regular expression", "what follows `~` must be one; a plain `*` needs no `~`"),
            ("", "the host pattern is empty", "write `all` for all hosts"),
            ("web:!", "`web:!` has a `!` or `&` without a name", nil),
            ("@file", "`@file` names a file", "only `--limit` can name a file"),
        ] as [(String, String, String?)]
    )
    func `a pattern that cannot be meant is an error`(pattern: String, problem: String, hint: String?) {
        #expect(throws: Failure(problem, hint: hint)) { try names(pattern) }
    }

    @Test func `a limit can take its hosts from a file`() throws {
        let inventory = try inventory("all: {hosts: {a: , b: , c: , d: }}")

        let pattern = try HostPattern(limit: "@failed.txt,d:!b", files: ["failed.txt": "# failed\na\r\nb\n\n"])

        #expect(HostPattern.filesNamed(in: "@failed.txt,d") == ["failed.txt"])
        #expect(
            try HostPattern(limit: "@failed.txt,!b,d", files: ["failed.txt": "# failed\na\r\nb\n\n"]).hosts(
                in: inventory
            ).map(\.name) == ["a", "d"]
        )
        #expect(try pattern.hosts(in: inventory).map(\.name) == ["a", "d"])
        #expect(throws: Failure("there is no file `x`")) { try HostPattern(limit: "@x", files: [:]) }
    }

    @Test(arguments: [
        ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abd", false), ("*", "", true), ("a?", "a", false),
        ("[!a]b", "cb", true),
        ("[]]x", "]x", true), ("[a-", "[a-", true), ("*a*b*", "xaxbx", true), ("**", "x", true), ("[z-a]", "m", false),
        ("ü*", "über", true),
    ])
    func `globs match the whole name`(pattern: String, text: String, expected: Bool) {
        #expect(Glob.matches(pattern, text) == expected)
    }
}
