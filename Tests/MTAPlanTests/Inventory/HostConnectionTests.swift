import MailServers
import Testing

@testable import MTAPlan

@Suite struct HostConnectionTests {
    private func host(_ variables: String) throws -> InventoryHost {
        try #require(try inventory("all: {hosts: {h: {\(variables)}}}").host("h"))
    }

    @Test func `Ansible's names are understood`() throws {
        let host = try host(
            """
            ansible_host: 192.0.2.1, ansible_port: "2222", ansible_user: 1000, ansible_ssh_private_key_file: ~/.ssh/k,
            ansible_become: yes, ansible_become_method: community.general.doas, ansible_become_user: root,
            ansible_ssh_timeout: 7, ansible_connection: ssh, ansible_python_interpreter: /usr/bin/python3
            """
        )

        #expect(
            host.connection
                == HostConnection(
                    address: "192.0.2.1",
                    port: 2222,
                    user: "1000",
                    identityFile: "~/.ssh/k",
                    become: .doas,
                    connectTimeout: .seconds(7)
                )
        )
        #expect(host.problems == [])
    }

    @Test(arguments: [
        ("-o ProxyJump=admin@b.example:2200", "admin@b.example:2200"),
        ("-J b.example,c.example", "b.example,c.example"),
        ("-oProxyJump=b.example", "b.example"), ("-o 'ProxyJump b.example'", "b.example"),
        ("-o ProxyCommand=\"ssh -W %h:%p -q admin@b.example\"", "admin@b.example"),
        ("-o ProxyCommand='ssh -p 22 -l admin -W %h:%p b.example'", "admin@b.example:22"),
        ("-C -4 -J [2001:db8::1]:22", "2001:db8::1:22"),
    ])
    func `the jump host is found in ssh's arguments`(arguments: String, expected: String) throws {
        let host = try host("ansible_ssh_common_args: '\(arguments.replacing("'", with: "''"))'")

        let jumps = try #require(host.connection.jumps)
        let shown = jumps.map { ($0.user.map { "\($0)@" } ?? "") + $0.address + ($0.port.map { ":\($0)" } ?? "") }
        #expect(shown.joined(separator: ",") == expected)
        #expect(host.problems == [])
    }

    @Test(arguments: [
        ("ansible_host: '{{ inventory_hostname }}.x'", "`ansible_host` is a template, which mtactl does not evaluate"),
        ("address: !vault x", "`address` is encrypted with ansible-vault, which mtactl does not read"),
        ("port: ssh", "`port` must be a whole number from 1 to 65535, not the text `ssh`"),
        ("ansible_become: true, ansible_become_method: su", "mtactl does not know how to become root with `su`"),
        ("ansible_become: true, ansible_become_user: postfix", "mtactl can only become root, not `postfix`"),
        ("become: sodo", "`become` must be one of `none`, `sudo`, `doas`"),
        ("ansible_connection: local", "mtactl reaches hosts by SSH, not by `local`"),
        (
            "ansible_ssh_common_args: '-o ProxyCommand=\"nc %h %p\"'",
            "`ansible_ssh_common_args` has a ProxyCommand, which the built-in SSH does not run"
        ),
        ("address: -oProxyCommand=x", "`-oProxyCommand=x` is not a host name"),
        ("user: -x", "a user name does not begin with `-`"),
        ("jump: 'a b'", "`a b` names no jump hosts"),
        ("mta: postfx", "`mta` must be one of `auto`, "),
    ])
    func `what cannot be used keeps only its own host from being used`(variables: String, problem: String) throws {
        let inventory = try inventory("all: {hosts: {h: {\(variables)}, other: }}")

        #expect(inventory.host("other")?.problems == [])
        let found = try #require(inventory.host("h")?.problems)
        #expect(found.count == 1)
        #expect(found.first?.problem.hasPrefix(problem) == true, "\(found)")
        #expect(found.first?.place?.hasPrefix("hosts.yml:1:") == true)
    }

    @Test(arguments: ["ansible_ssh_pass", "ansible_password", "ansible_become_pass", "password", "become-password"])
    func `a password that is written out is warned of, not used and not shown`(name: String) throws {
        let inventory = try inventory("all: {hosts: {h: {\(name): hunter2}}}")

        let host = try #require(inventory.host("h"))
        #expect(host.connection.password == nil && host.connection.becomePassword == nil)
        #expect(host.problems == [])
        #expect(
            inventory.warnings.map(\.problem) == [
                "`\(name)` holds a password, which mtactl does not read from files"
            ]
        )
        #expect(Array(host.withheld.keys) == [name.contains("become") ? .become : .login])
        #expect(!inventory.warnings.contains { $0.description.contains("hunter2") })
    }

    @Test func `an encrypted password matters only where it is needed`() throws {
        let inventory = try inventory("all: {hosts: {h: {ansible_password: !vault \"$ANSIBLE_VAULT;1.1;AES256 63\"}}}")

        #expect(inventory.host("h")?.problems == [])
        #expect(
            inventory.host("h")?.withheld[.login]?.problem
                == "`ansible_password` is encrypted with ansible-vault, which mtactl does not read"
        )
    }

    @Test func `references to passwords start from the inventory's folder`() throws {
        let text = "all: {hosts: {h: {password: \"file:pw\", become-password: \"prompt:\"}}}"
        let inventory = try inventory(["inv/hosts.yml": text], from: ["inv/hosts.yml"])

        #expect(inventory.host("h")?.connection.password == .file("inv/pw"))
        #expect(inventory.host("h")?.connection.becomePassword == .prompt("password to become root on h"))
    }

    @Test func `a plain name counts before Ansible's in one place, and the innermost before both`() throws {
        let inventory = try inventory(
            """
            all: {vars: {port: 1, ansible_port: 2}, hosts: {a: , b: {ansible_port: 3}, c: {port: 4}}}
            """
        )

        #expect(["a", "b", "c"].map { inventory.port($0) } == [1, 3, 4])
        let losers = ["1:14: `port` and `ansible_port`", "1:23: `ansible_port` and `port`"]
        #expect(
            inventory.warnings.map(shown)
                == zip(losers, ["ansible_port", "port"]).map { loser, winner in
                    "hosts.yml:\(loser) are the same setting with different values [`\(winner)` is used; remove one]"
                }
        )
    }

    @Test func `among Ansible's names for a setting Ansible's order decides, wherever they stand`() throws {
        let inventory = try inventory(
            """
            all: {vars: {ansible_ssh_port: 1, ansible_ssh_user: a}, hosts: {h: {ansible_port: 2, ansible_user: b}}}
            """
        )

        #expect(inventory.port("h") == 1 && inventory.user("h") == "a")
    }

    @Test(arguments: [
        ("ansible_port: ", nil), ("ansible_port: ''", nil), ("port: ~", 1), ("ansible_port: 2222.0", 2222),
    ])
    func `nothing as a value is what ssh does by itself`(variable: String, port: Int?) throws {
        let inventory = try inventory("all: {vars: {ansible_port: 1}, hosts: {h: {\(variable)}}}")

        #expect(inventory.port("h") == port)
        #expect(inventory.host("h")?.problems == [])
    }

    @Test func `a plain name that can be read counts before what only Ansible can read`() throws {
        let inventory = try inventory(
            """
            all:
              vars: {user: root, become-password: "env:SUDO", ansible_become: yes}
              hosts: {h: {ansible_user: "{{ x }}", ansible_become_password: "{{ y }}"}}
            """
        )

        let host = try #require(inventory.host("h"))
        #expect(host.connection.user == "root" && host.connection.becomePassword == .environment("SUDO"))
        #expect(host.problems == [] && host.withheld == [:] && inventory.warnings == [])
    }

    @Test func `what is asked for takes the place of what is not said or cannot be read`() throws {
        let defaults = HostDefaults(user: "me", asksPassword: true, asksBecomePassword: true)
        let text = "all: {hosts: {a: {ansible_become_pass: '{{ x }}'}, b: {password: 'env:B', user: you}}}"
        let inventory = try inventory(["hosts.yml": text], from: ["hosts.yml"], defaults: defaults)

        let (a, b) = (try #require(inventory.host("a")), try #require(inventory.host("b")))
        #expect(a.connection.user == "me" && b.connection.user == "you")
        #expect(a.connection.password == HostDefaults.password && b.connection.password == .environment("B"))
        #expect(a.connection.becomePassword == HostDefaults.becomePassword && a.withheld == [:])
    }

    @Test func `a near miss of a name is warned of, another tool's variable is not`() throws {
        let inventory = try inventory(
            "all: {hosts: {h: {adress: x, ansible_hsot: y, identity_file: z, users: [], ports: [], postfix: {a: b}, http_port: 80}}}"
        )

        #expect(
            inventory.warnings.map(\.hint) == [
                "did you mean `address`?", "did you mean `ansible_host`?", "did you mean `identity-file`?",
            ]
        )
        #expect(inventory.host("h")?.problems == [])
    }

    @Test func `a section of another tool under the name of ours is left out with a warning`() throws {
        let inventory = try inventory("all: {hosts: {h: {exchange: {url: x}, cpanel: {hourly-limits: ignore}}}}")

        var panel = CPanelSettings()
        panel.hourlyLimits = .ignore
        #expect(inventory.host("h")?.extras == ServerExtras(panel))
        #expect(inventory.warnings.count == 1)
        #expect(inventory.warnings.first?.problem == "`url` is not a setting of `exchange`; `exchange` is ignored")
    }

    @Test func `options that turn the check of host keys off are not followed`() throws {
        let inventory = try inventory(
            "all: {hosts: {h: {ansible_ssh_common_args: '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'}}}"
        )

        #expect(
            inventory.warnings.map(\.problem) == [
                "`ansible_ssh_common_args` turns off the check of host keys, which mtactl never does"
            ]
        )
        #expect(inventory.host("h")?.connection.knownHosts == nil)
    }
}
