import Foundation
import Testing

/// What is wrong before any host is met.
@Suite struct InputTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `an unknown option is a wrong command line`() async throws {
        #expect(try await Program.mtactl(["plan", "x.yml", "--no-such-option"]).status == 64)
    }

    @Test(arguments: ["0", "1001", "many"])
    func `a number of hosts that cannot be is a wrong command line`(_ number: String) async throws {
        #expect(try await Program.mtactl(["facts", "--parallel", number]).status == 64)
    }

    @Test func `a playbook that is not there is named`() async throws {
        let ended = try await Program.mtactl(["plan", "no-such.yml", "-i", "Inventory/example.yml"])

        #expect(ended.status == 65)
        #expect(ended.errors.contains("no-such.yml"))
    }

    @Test(arguments: ["plan", "lint"])
    func `a folder, and a file that is not there, are called that in one line`(_ command: String) async throws {
        for (path, words) in [("Playbooks", "is a folder"), ("no-such.yml", "there is no such file")] {
            let ended = try await Program.mtactl([command, path, "-i", "Inventory/example.yml"])
            let lines = (ended.output + ended.errors).split(separator: "\n").filter { $0.contains(path) }

            #expect(ended.status == 65)
            #expect(lines.count == 1 && lines[0].contains(words), "\(ended)")
            #expect(!(ended.output + ended.errors).contains("Domain="), "\(ended)")
        }
    }

    @Test(arguments: [
        "[web]\nmx1 ansible_host=192.0.2.1\n", "mx1\n\n[web:vars]\nansible_user=root\n",
        "all:\n  hosts:\n    mx1: {}\n",
        "web: {children: {db: {}}}\n",
    ])
    func `an inventory in the playbook's place is called that`(text: String) async throws {
        let ended = try await Program.mtactl(["plan", try file(text), "-i", "Inventory/example.yml"])

        #expect(ended.status == 65)
        #expect(ended.errors.contains("this is an inventory and not a playbook"), "\(ended)")
        #expect(ended.errors.contains("`-i`"), "\(ended)")
    }

    @Test(arguments: ["plan", "lint"])
    func `a wrong limit is not blamed on the playbook`(_ command: String) async throws {
        let playbook = try file("smarthosts: {a: {host: r.example}}\nplays: [{hosts: all, routes: {default: a}}]\n")
        let ended = try await Program.mtactl([command, playbook, "-i", "Inventory/example.yml", "-l", "nobody"])

        #expect(ended.status == 65)
        #expect((ended.output + ended.errors).contains("--limit: "), "\(ended)")
    }

    @Test func `an inventory that is not there is named, with where to look`() async throws {
        let ended = try await Program.mtactl(["facts", "-i", "no-such-inventory"])

        #expect(ended.status == 65)
        #expect(ended.errors.contains("no-such-inventory"))
        #expect(ended.errors.contains("hint:"))
    }

    @Test func `a slip of spelling is shown at its line and column, and what was meant`() async throws {
        let playbook = try file(
            "smarthosts:\n  a: {host: relay.example}\nplays:\n  - hosts: all\n    ruotes: {default: a}\n"
        )

        let ended = try await Program.mtactl(["plan", playbook, "-i", "Inventory/example.yml"])

        #expect(ended.status == 65)
        #expect(ended.errors.contains("\(playbook):5:5"))
        #expect(ended.errors.contains("did you mean `routes`"))
    }

    @Test func `a password that is written out is refused and not repeated`() async throws {
        let playbook = try file(
            """
            smarthosts:
              a: {host: relay.example, login: {username: u, password: hunter22}}
            plays:
              - hosts: all
                routes: {default: a}
            """
        )

        let ended = try await Program.mtactl(["plan", playbook, "-i", "Inventory/example.yml"])

        #expect(ended.status == 65)
        #expect(!ended.errors.contains("hunter22") && !ended.output.contains("hunter22"))
    }

    @Test func `a secret that is not to be had stops before any host is met`() async throws {
        let playbook = try file(
            """
            smarthosts:
              a: {host: relay.example, login: {username: u, password: "env:MTACTL_NO_SUCH_SECRET"}}
            plays:
              - hosts: all
                routes: {default: a}
            """
        )

        let ended = try await Program.mtactl(["plan", playbook, "-i", "Inventory/example.yml"])

        #expect(ended.status == 65)
        #expect(ended.errors.contains("MTACTL_NO_SUCH_SECRET"))
    }

    /// ssh's `~` is the home in the password database, whatever `HOME` says, and so is ours.
    @Test(arguments: ["lint relay.yml -i '~/hosts.yml'", "plan secret.yml -i hosts.yml"])
    func `a file that is in HOME alone is not in the home`(_ command: String) async throws {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 1)
        try place.write("secret", "x\n")
        try place.write(
            "secret.yml",
            """
            smarthosts: {a: {host: relay.example, login: {username: u, password: "file:~/secret"}}}
            plays: [{hosts: all, routes: {default: a}}]
            """
        )

        let ended = try await place.shell("HOME=$PWD $mtactl \(command)")

        #expect(ended.status == 65 && (ended.errors + ended.output).contains("~/"), "\(ended)")
    }

    @Test(arguments: [("nothing", "no such file or directory"), (".", "is a directory")])
    func `why a file has no secret is said, and where it was looked for`(file: String, reason: String) async throws {
        let ended = try await secret(file, "")

        #expect(ended.status == 65 && ended.errors.contains("folder/\(file): there is no such file"), "\(ended)")
        #expect(ended.errors.contains("hint: \(reason)"), "\(ended)")
    }

    @Test func `a secret may come from a pipe`() async throws {
        let ended = try await secret("pipe", "mkfifo folder/pipe; echo x >folder/pipe &")

        #expect(ended.status != 65, "\(ended)")
    }

    /// A plan whose playbook, in a folder, has its password in a file.
    private func secret(_ file: String, _ before: String) async throws -> Program {
        let place = try Workplace()
        try place.writeUnreachable(hosts: 1)
        try place.write(
            "secret.yml",
            """
            smarthosts: {a: {host: relay.example, login: {username: u, password: "file:\(file)"}}}
            plays: [{hosts: all, routes: {default: a}}]
            """
        )
        return try await place.shell(
            "mkdir folder; mv secret.yml folder; \(before)\n$mtactl plan folder/secret.yml -i hosts.yml"
        )
    }

    @Test func `a limit that leaves no host is said`() async throws {
        let ended = try await Program.mtactl(["facts", "-i", "Inventory/example.yml", "-l", "no-such-host"])

        #expect(ended.status == 65)
        #expect(ended.errors.contains("no-such-host"))
    }

    @Test(arguments: ["playbook", "inventory"])
    func `schemas are JSON`(_ kind: String) async throws {
        let ended = try await Program.mtactl(["schema", kind])

        #expect(ended.status == 0)
        #expect(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) is [String: Any])
    }

    @Test func `the doctor names the library and its limits`() async throws {
        let ended = try await Program.mtactl(["doctor"])

        #expect(ended.status == 0)
        #expect(ended.output.contains("libssh2"))
        #expect(ended.output.contains("transport: openssh"))
    }

    @Test func `lint takes many playbooks, and every example passes`() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(Program.root)/Playbooks").filter {
            $0.hasSuffix(".yml")
        }

        let ended = try await Program.mtactl(["lint"] + names.map { "Playbooks/\($0)" })

        #expect(names.count >= 15)
        #expect(ended.status == 0, "\(ended.output)")
    }

    private func file(_ text: String) throws -> String {
        let name = "\(UUID().uuidString).yml"
        try place.write(name, text)
        return "\(place.folder)/\(name)"
    }
}
