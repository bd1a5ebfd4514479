import Testing

/// What is wrong with the words of a command, and lint as well as plan.
@Suite struct CommandLineTests {
    @Test(arguments: [
        ("aply x", "`mtactl aply` is not a command", "did you mean `apply`?"),
        ("backups lst", "`mtactl backups lst` is not a command", "did you mean `list`?"),
        ("prune --keep 3", "`mtactl prune` is not a command", "did you mean `mtactl backups prune`?"),
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
        "backups list", "backups show 20000101T000000Z-0000", "backups check", "backups prune --yes",
        "lint relay.yml -i hosts.yml",
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
        ("leave --to nobody --yes", 64, "--to: `nobody` is not an address"),
        ("leave --to a@example.net --within 90", 64, "write `90s` for seconds"),
        ("rollback foo --yes", 65, "`foo` is not a run"), ("rollback ../../x --yes", 65, "`../../x` is not a run"),
        ("backups show foo", 65, "`foo` is not a run"), ("report ../../x", 65, "`../../x` is not a run"),
        ("plan relay.yml -l @yesterday:failed", 65, "`yesterday` is not a run"),
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

    @Test(arguments: ["3", "90s", "2m"])
    func `every form of a time that the help offers is taken on every host`(timeout: String) async throws {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 1)
        let ended = try await place.shell("$mtactl facts --connect-timeout \(timeout)")

        #expect(ended.status == 1)
        #expect(!(ended.output + ended.errors).contains("duration"), "\(ended)")
    }

    @Test func `lint says that nothing is wrong, and with quiet no warning`() async throws {
        let place = try Workplace()
        let clean = "smarthosts: {a: {host: r.example, tls: verified}}\nplays: [{hosts: all, routes: {default: a}}]\n"
        try place.write("clean.yml", clean + "verify: {to: p@example.org}\n")
        try place.write("risky.yml", clean.replacing("verified", with: "none"))

        let well = try await place.shell("$mtactl lint clean.yml")
        #expect(well.status == 0 && well.output == "" && well.errors == "1 playbook: nothing wrong\n", "\(well)")
        #expect(try await place.shell("$mtactl lint -q clean.yml; $mtactl lint --json clean.yml").errors == "")
        #expect(try await place.shell("$mtactl lint risky.yml").output.contains("warning"))
        let quiet = try await place.shell("$mtactl lint -q risky.yml")
        #expect(quiet.status == 0 && quiet.output == "" && quiet.errors == "", "\(quiet)")
    }

    @Test func `a run that no host keeps is said once, without a next step, and to programs with its reason`()
        async throws
    {
        let place = try Workplace()
        try place.writeStandIns(hosts: 2, program: Workplace.here)
        let run = "20000101T000000Z-0000"

        let rollback = try await place.shell("$mtactl rollback \(run) --yes; status=$?; ls state/mtactl; exit $status")
        #expect(rollback.status == 1)
        let words = "nothing to roll back on 2 hosts, host1.example, host2.example: "
        #expect(rollback.output.hasPrefix(words), "\(rollback)")
        #expect(!(rollback.output + rollback.errors).contains("next:"), "\(rollback)")
        #expect(!rollback.output.contains(".failed"), "\(rollback)")

        let shown = try await place.shell("$mtactl backups show \(run) --json")
        #expect(shown.status == 1)
        #expect(shown.output.contains("\"outcome\": \"refused\""), "\(shown)")
        #expect(shown.output.contains("no backup of run \(run) is kept here"), "\(shown)")
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
