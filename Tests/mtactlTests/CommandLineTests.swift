import Testing

/// What is wrong with the words of a command, and lint as well as plan.
@Suite struct CommandLineTests {
    @Test(arguments: [
        ("aply x", "`mtactl aply` is not a command", "did you mean `apply`?"),
        ("backups lst", "`mtactl backups lst` is not a command", "did you mean `list`?"),
        ("help lnt", "`mtactl lnt` is not a command", "did you mean `lint`?"),
        ("facts --limt x", "Unknown option '--limt'", "Did you mean '--limit'?"),
    ])
    func `a slip in a command or an option is named, with what was meant`(words: String, found: String, hint: String)
        async throws
    {
        let ended = try await Program.mtactl(words.split(separator: " ").map(String.init))

        #expect(ended.status == 64)
        #expect(ended.errors.contains(found) && ended.errors.contains(hint), "\(ended.errors)")
    }

    @Test(arguments: [
        "facts", "plan relay.yml", "apply relay.yml --yes", "check relay.yml", "verify relay.yml", "rollback --yes",
        "backups list", "backups show X", "backups check", "backups prune --yes", "lint relay.yml -i hosts.yml",
    ])
    func `a limit that matches nothing is an error of every command`(_ command: String) async throws {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 2)
        try place.write("relay.yml", "\(Self.playbook)verify: {to: p@example.org}\n")
        for pattern in ["foo*", "foo", "host1*:!host1*"] {
            let ended = try await place.shell("$mtactl \(command) -l '\(pattern)'")

            #expect(ended.status == 65, "\(pattern): \(ended)")
            #expect((ended.errors + ended.output).contains("foo") || pattern.hasPrefix("host"), "\(ended)")
        }
    }

    @Test(arguments: [
        ("leave --yes", 64, "--no-send"), ("leave --to a@example.net --no-send", 64, "--to"),
        ("leave --to a@example.net --within soon", 64, "--within"), ("rollback --each X", 64, "--each"),
        ("backups prune --keep -1", 64, "--keep"), ("backups prune --older-than soon", 64, "90d"),
        ("backups prune --older-than 9d --keep 1", 64, "--keep, --older-than and --rotated cannot be combined"),
        ("backups prune --rotated --keep 1", 64, "--keep, --older-than and --rotated cannot be combined"),
        ("facts --connect-timeout never", 64, "--connect-timeout"),
        ("apply relay.yml --yes --resume yesterday", 65, "`yesterday` is not a run"),
        ("plan relay.yml -l @20261121T184002Z-7f3a:lost", 65, "`@20261121T184002Z-7f3a:failed`"),
        ("apply relay.yml --yes --resume 20261121T184002Z-7f3a", 65, "no host that answered has run"),
    ])
    func `what a command cannot take is said, with what it takes`(words: String, status: Int, found: String)
        async throws
    {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 2)
        let ended = try await place.shell("$mtactl \(words)")

        #expect(Int(ended.status) == status, "\(ended)")
        #expect(ended.errors.contains(found), "\(ended)")
    }

    @Test func `hosts that failed are in a file that the next command takes`() async throws {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 3)
        let ended = try await place.shell(
            """
            $mtactl apply relay.yml --yes -l host1.example,host2.example
            next=$(echo "$PWD"/state/mtactl/*.failed); cat "$next"
            run=${next##*/}; $mtactl facts -l "@${run%.failed}:failed" --json | grep -c '"type": "facts"'
            """
        )

        #expect(ended.output.hasSuffix("host1.example\nhost2.example\n2\n"), "\(ended)")
        #expect(ended.errors.contains("next: retry the failed hosts  mtactl apply relay.yml -l @"), "\(ended)")
    }

    /// Playbook and inventory of which each ends a plan before a host is met.
    private static let wrong: [(playbook: String, inventory: String)] = [
        ("\(playbook)rollout: {waves: [x]}\n", hosts),
        ("smarthosts: {a: {host: r.example}}\nplays: [{hosts: nobody, routes: {default: a}}]\n", hosts),
        ("smarthosts: {a: {host: r.example}}\nplays: [{hosts: \"all:!all\", routes: {default: a}}]\n", hosts),
        (
            "smarthosts: {a: {host: r.example}}\nplays: [{hosts: all, routes: {default: a}}, {hosts: h1, routes: {default: a}}]\n",
            hosts
        ),
        ("smarthosts: {a: {host: r.example}}\nplays: [{hosts: \"~[\", routes: {default: a}}]\n", hosts),
        ("smarthosts: {a: {host: r.example}}\nplays: [{hosts: all, routes: {default: b}}]\n", hosts),
        (playbook, "all: [\n"), (playbook, ""), ("", hosts), ("plays: [", hosts),
    ]
    private static let hosts = "all: {hosts: {h1: {address: 127.0.0.1, port: 1}, h2: {address: 127.0.0.1, port: 1}}}\n"
    private static let playbook = "smarthosts: {a: {host: r.example}}\nplays: [{hosts: all, routes: {default: a}}]\n"

    @Test func `every error of a plan that needs no host is an error of lint`() async throws {
        for (playbook, inventory) in Self.wrong {
            let place = try Workplace()
            try place.write("p.yml", playbook)
            try place.write("hosts.yml", inventory)
            let plan = try await place.shell("$mtactl plan p.yml -i hosts.yml")
            let lint = try await place.shell("$mtactl lint p.yml -i hosts.yml")

            #expect(plan.status == lint.status || plan.status != 65, "\(playbook)\(inventory)\(plan)\(lint)")
        }
        #expect(Self.wrong.count >= 10)
    }

    /// 120 hosts that stay connected until they are left.
    @Test(arguments: ["facts", "backups list", "rollback --yes", "plan relay.yml"])
    func `no walk over hosts opens more files than may be open`(_ command: String) async throws {
        let place = try Workplace()
        try place.writeStandIns(hosts: 40, program: Workplace.here.replacing("exec sh", with: "sleep 0.1; exec sh"))

        let ended = try await place.shell("ulimit -n 64; $mtactl \(command)")

        #expect(!(ended.output + ended.errors).lowercased().contains("open files\n"), "\(ended)")
        #expect(!(ended.output + ended.errors).contains("Too many"), "\(ended)")
        #expect(ended.errors.contains("files can be open at once"), "\(ended.errors)")
    }
}
