import MailServers
import Testing

@testable import MTAPlan

@Suite struct InventoryTests {
    @Test func `the annotated example is understood, every setting of it`() throws {
        let bytes = try Examples.bytes("Inventory/example.yml")
        let inventory = try inventory(
            ["Inventory/example.yml": String(decoding: bytes, as: UTF8.self)],
            from: ["Inventory/example.yml"]
        )

        #expect(inventory.warnings == [])
        #expect(inventory.hosts.flatMap(\.problems) == [])
        #expect(
            inventory.names == [
                "www01.example.com", "www02.example.com", "www03.example.com", "legacy.example.com",
                "mx1.internal.example",
                "mx2.internal.example", "ca.example.com", "panel1.example.com", "panel2.example.com", "ex1.example.com",
            ]
        )
        #expect(
            inventory.host("legacy.example.com")?.connection
                == HostConnection(
                    address: "192.0.2.17",
                    port: 2222,
                    user: "mtactl",
                    identityFile: "~/.ssh/legacy",
                    become: .sudo,
                    becomePassword: .environment("SUDO_PASSWORD"),
                    knownHosts: "~/.ssh/known_hosts.legacy",
                    connectTimeout: .seconds(10)
                )
        )
        #expect(inventory.host("legacy.example.com")?.mta == .named("postfix"))
        #expect(
            inventory.host("mx1.internal.example")?.connection.jumps
                == [.init(user: "admin", address: "bastion.example.com", port: 22)]
        )
        #expect(inventory.host("mx2.internal.example")?.connection.jumps == [])
        #expect(inventory.host("ca.example.com")?.connection.transport == .openssh)
        #expect(inventory.host("panel2.example.com")?.extras[CPanelSettings.self]?.hourlyLimits == .ignore)
        #expect(inventory.host("ex1.example.com")?.connection.password == .prompt("password of ex1.example.com"))
        #expect(inventory.host("ex1.example.com")?.connection.become == HostConnection.Become.none)
        let text = String(decoding: bytes, as: UTF8.self)
        for setting in HostSetting.all {
            #expect(text.contains(" \(setting.name.rawValue):"), "\(setting.name.rawValue) is not explained")
        }
    }

    @Test func `the innermost value counts, as in Ansible`() throws {
        let inventory = try inventory(
            """
            all:
              vars: {address: all, user: all, identity-file: /all, known-hosts: /all}
              hosts:
                h: {known-hosts: /host}
                lone:
              children:
                parent:
                  vars: {user: parent, identity-file: /parent}
                  children:
                    child:
                      vars: {identity-file: /child}
                      hosts: {h: }
            """
        )

        let connection = try #require(inventory.host("h")?.connection)
        #expect(connection.address == "all" && connection.user == "parent")
        #expect(connection.identityFile == "/child" && connection.knownHosts == "/host")
        #expect(inventory.user("lone") == "all")
        #expect(inventory.host("h")?.groups == ["all", "parent", "child"])
        #expect(inventory.host("lone")?.groups == ["all", "ungrouped"])
        #expect(inventory.names == ["h", "lone"])
    }

    @Test func `groups of one depth count by priority, then by name`() throws {
        let inventory = try inventory(
            """
            b: {vars: {port: 2, user: b}, hosts: {h: }}
            a: {vars: {port: 1, user: a, ansible_group_priority: 5}, hosts: {h: }}
            c: {vars: {port: 3}, hosts: {h: }}
            """
        )

        #expect(inventory.port("h") == 1)
        #expect(inventory.host("h")?.groups == ["all", "b", "c", "a"])
    }

    @Test func `files of variables count as in Ansible`() throws {
        let files: [String: String] = [
            "inv/hosts.yml":
                "all: {vars: {address: hosts}}\nweb: {vars: {user: hosts, port: 1}, hosts: {h: {jump: hosts, port: 2}}}",
            "inv/group_vars/all.yml": "user: all", "inv/group_vars/web": "user: web\nport: 3",
            "inv/host_vars/h/mail.yml": "jump: host", "inv/host_vars/h/deep/more.yaml": "identity-file: more",
            "inv/host_vars/h/no.d/x.yml": "port: 9", "inv/host_vars/h/x.conf": "port: 9",
            "inv/group_vars/other.yml": "port: 9", "inv/group_vars/web.yml": "port: 9",
            "inv/group_vars/web.yml~": "port: 9",
            "inv/group_vars/README": "not: [yaml", "inv/host_vars/README.md": "# @",
        ]
        let inventory = try inventory(files, from: ["inv/hosts.yml"])

        let connection = try #require(inventory.host("h")?.connection)
        #expect(connection.address == "hosts" && connection.user == "web" && connection.port == 2)
        #expect(connection.jumps?.map(\.address) == ["host"])
        #expect(connection.identityFile == "inv/host_vars/h/deep/more")
        #expect(inventory.warnings == [])
    }

    @Test func `of several files for one group only the first form counts`() throws {
        let files: [String: String] = [
            "hosts.yml": "web: {hosts: {h: }}\ndb: {hosts: {h: }}", "group_vars/web.yml": "port: 1",
            "group_vars/web.json": "{\"port\": 2, \"user\": \"no\"}",
            "group_vars/db/x.json": "{\"identity-file\": \"/x\"}", "group_vars/db.yml": "known-hosts: /no",
            "host_vars/h": "$ANSIBLE_VAULT;1.1;AES256\n33",
        ]
        let inventory = try inventory(files, from: ["hosts.yml"])

        let connection = try #require(inventory.host("h")?.connection)
        #expect(connection.port == 1 && connection.user == nil)
        #expect(connection.identityFile == "/x" && connection.knownHosts == nil)
        #expect(
            inventory.warnings.map(\.problem) == [
                "this file is encrypted with ansible-vault, so its variables are not known"
            ]
        )
    }

    @Test func `a thousand hosts are no trouble`() throws {
        let inventory = try inventory(
            "web:\n  hosts:\n    www[0001:2000].example.com: {ansible_user: root, x: 1}\n  vars: {a: 1, port: 22}\n"
        )

        #expect(inventory.hosts.count == 2_000)
        #expect(try HostPattern("web[10:19]:!www0012*").hosts(in: inventory).count == 9)
    }

    @Test func `several sources are one inventory, the later the stronger`() throws {
        let files: [String: String] = [
            "10/web.yml": "web: {hosts: {a: {port: 1}, b: }, children: {sub: {hosts: {s: }}}}",
            "10/group_vars/sub.yml": "port: 5", "20/more": "[web]\nc\na port=2\n[db]\nd\n",
            "20/group_vars/web.yml": "port: 6\nuser: second", "10/group_vars/web.yml": "user: first",
        ]
        let inventory = try inventory(files, from: ["10/web.yml", "20/more"])

        #expect(inventory.names == ["a", "b", "c", "d", "s"])
        #expect(inventory.port("a") == 2)
        // A later source's parent is stronger than an earlier source's child.
        #expect(inventory.port("s") == 6)
        #expect(inventory.user("s") == "second")
        #expect(inventory.group("web")?.hosts == ["a", "b", "c", "s"])
    }

    @Test func `what stands beside the playbook counts more than what stands beside the inventory`() throws {
        let files: [String: String] = [
            "inv/hosts": "[mail]\nmx1\n", "inv/group_vars/mail.yml": "port: 1\nuser: inventory",
            "books/group_vars/mail.yml": "port: 2", "books/host_vars/mx1": "user: playbook",
        ]

        let with = try inventory(files, from: ["inv/hosts"], playbookFolder: "books")
        let without = try inventory(files, from: ["inv/hosts"])

        #expect(with.port("mx1") == 2 && with.user("mx1") == "playbook")
        #expect(without.port("mx1") == 1 && without.user("mx1") == "inventory")
    }

    @Test func `what an inventory program prints is an inventory`() throws {
        let output = """
            {"web": {"hosts": ["b", "a", "w[1:2]"], "vars": {"port": 1}, "children": ["sub"]}, "sub": ["c"],
             "odd": {"port": 7},
             "_meta": {"hostvars": {"a": {"ansible_host": "192.0.2.1", "x": "\\ud83d\\ude00"}, "ghost": {"port": 3}}}}
            """
        let inventory = try inventory(printed: output)

        #expect(inventory.names == ["b", "a", "w[1:2]", "odd", "c"])
        #expect(inventory.port("c") == 1 && inventory.port("odd") == 7)
        #expect(inventory.host("a")?.connection.address == "192.0.2.1")
        #expect(inventory.warnings.map(\.problem) == ["`odd` is both a group and a host"])
    }

    @Test func `a program without _meta is asked for each host`() throws {
        let text = "{\"web\": [\"a\", \"b\"], \"mail\": {\"hosts\": [\"a\"]}}"
        let output = try ProgramOutput(Array(text.utf8), program: "ec2")

        #expect(output.unasked == ["a", "b"])
        let inventory = try inventory(printed: text, answers: ["a": "{\"ansible_port\": 2222}", "b": "\n"])
        #expect(inventory.port("a") == 2222 && inventory.port("b") == nil)
        #expect(throws: Failure.self) { try ProgramOutput(Array("Traceback: oops".utf8), program: "ec2") }
    }

    @Test func `INI is understood`() throws {
        let inventory = try inventory(
            """
            ; a comment
            lone ansible_port=2222

            [web]
            www[01:03].example.com
            special ansible_host=192.0.2.9 mta='post'fix#no note='two words # here' # a comment
            [2001:db8::1]:22
            other:2200

            [site:children]
            web
            db # with a comment

            [site:vars]
            user = root
            known-hosts = "quoted"   # a comment
            identity-file = bare  # no comment
            port = 2222  # behind the firewall

            [db]
            db-[a:c]
            """,
            "hosts"
        )

        #expect(
            inventory.names == [
                "lone", "www01.example.com", "www02.example.com", "www03.example.com", "special", "2001:db8::1",
                "other", "db-a",
                "db-b", "db-c",
            ]
        )
        #expect(inventory.host("lone")?.connection.port == 2222)
        #expect(inventory.host("other")?.connection.port == 2200)
        #expect(inventory.host("2001:db8::1")?.connection.port == 22)
        #expect(inventory.host("special")?.mta == .named("postfix"))
        #expect(inventory.host("db-a")?.connection.user == "root")
        #expect(inventory.host("db-a")?.connection.knownHosts == "quoted")
        #expect(inventory.host("db-a")?.connection.identityFile == "bare  # no comment")
        #expect(inventory.port("db-a") == 2222)
        #expect(inventory.host("lone")?.connection.user == nil)
        #expect(inventory.host("db-a")?.groups == ["all", "site", "db"])
    }
}
