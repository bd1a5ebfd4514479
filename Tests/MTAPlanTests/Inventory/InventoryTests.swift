import MailServers
import Testing

@testable import MTAPlan

/// An inventory of one YAML or INI file.
func inventory(_ text: String, _ name: String = "hosts.yml") throws(Failures) -> Inventory {
    try Inventory.load(InventorySource(folder: "", main: name, files: [name: .file(Array(text.utf8))]))
}

func inventoryFaults(_ text: String, _ name: String = "hosts.yml") -> [String] {
    do throws(Failures) {
        _ = try inventory(text, name)
        return []
    } catch {
        return error.all.map(shown)
    }
}

extension Inventory {
    var names: [String] { hosts.map(\.name) }
    func value(_ variable: String, of host: String) -> String? { self.host(host)?.variables[variable]?.scalar }
}

@Suite struct InventoryTests {
    @Test func `the annotated example is understood, every setting of it`() throws {
        let bytes = try Examples.bytes("Inventory/example.yml")
        let inventory = try Inventory.load(
            InventorySource(folder: "Inventory", main: "example.yml", files: ["example.yml": .file(bytes)])
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
              vars: {a: all, b: all, c: all, d: all}
              hosts:
                h: {d: host}
                lone:
              children:
                parent:
                  vars: {b: parent, c: parent}
                  children:
                    child:
                      vars: {c: child}
                      hosts: {h: }
            """
        )

        #expect(["a", "b", "c", "d"].map { inventory.value($0, of: "h") } == ["all", "parent", "child", "host"])
        #expect(inventory.value("b", of: "lone") == "all")
        #expect(inventory.host("h")?.groups == ["all", "parent", "child"])
        #expect(inventory.host("lone")?.groups == ["all"] || inventory.host("lone")?.groups == ["all", "ungrouped"])
    }

    @Test func `groups of one depth count by priority, then by name`() throws {
        let inventory = try inventory(
            """
            b: {vars: {x: b, y: b}, hosts: {h: }}
            a: {vars: {x: a, y: a, ansible_group_priority: 5}, hosts: {h: }}
            c: {vars: {x: c}, hosts: {h: }}
            """
        )

        #expect(inventory.value("x", of: "h") == "a")
        #expect(inventory.host("h")?.groups == ["all", "b", "c", "a"])
    }

    @Test func `files of variables count as in Ansible`() throws {
        let files: [String: String] = [
            "hosts.yml": "all: {vars: {a: 1}}\nweb: {vars: {b: 1, c: 1, e: 1}, hosts: {h: {d: 1, e: 2}}}",
            "group_vars/all.yml": "b: 2", "group_vars/web": "c: 2\ne: 3", "host_vars/h/mail.yml": "d: 2",
            "host_vars/h/more.yaml": "f: 2", "group_vars/other.yml": "a: 9", "group_vars/web.yml~": "c: 9",
        ]
        let inventory = try Inventory.load(
            InventorySource(folder: "inv", main: "hosts.yml", files: files.mapValues { .file(Array($0.utf8)) })
        )

        #expect(["a", "b", "c", "d", "e", "f"].map { inventory.value($0, of: "h") } == ["1", "2", "2", "2", "2", "2"])
        #expect(inventory.host("h")?.variables["f"]?.place.description == "inv/host_vars/h/more.yaml:1:4")
    }

    @Test func `of several files for one group only the first form counts`() throws {
        let files: [String: String] = [
            "hosts.yml": "web: {hosts: {h: }}\ndb: {hosts: {h: }}", "group_vars/web.yml": "a: 1",
            "group_vars/web.json": "{\"b\": 1}",
            "group_vars/db/x.json": "{\"c\": 1}", "group_vars/db/y.conf": "c: 2", "group_vars/db.yml": "d: 1",
            "host_vars/h": "$ANSIBLE_VAULT;1.1;AES256\n33",
        ]
        let inventory = try Inventory.load(
            InventorySource(folder: "", main: "hosts.yml", files: files.mapValues { .file(Array($0.utf8)) })
        )

        #expect(["a", "b", "c", "d"].map { inventory.value($0, of: "h") } == ["1", nil, "1", nil])
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

    @Test func `a folder is all its files together, in the order of their names`() throws {
        let files: [String: String] = [
            "10-web.yml": "web: {hosts: {a: {x: 1}, b: }}", "20-more": "[web]\nc\na x=2\n[db]\nd\n", "notes.txt": "[",
            "old.yml.bak": "[",
            ".hidden.yml": "[", "sub/30.ini": "[db]\ne\n", "group_vars/db.yml": "y: 1",
        ]
        let inventory = try Inventory.load(
            InventorySource(folder: "inv", files: files.mapValues { .file(Array($0.utf8)) })
        )

        #expect(inventory.names == ["a", "b", "c", "d", "e"])
        #expect(inventory.value("x", of: "a") == "2")
        #expect(inventory.value("y", of: "e") == "1")
        #expect(inventory.group("db")?.hosts == ["d", "e"])
    }

    @Test func `what an inventory program prints is an inventory`() throws {
        let output = """
            {"web": {"hosts": ["b", "a"], "vars": {"x": 1}, "children": ["sub"]}, "sub": ["c"],
             "_meta": {"hostvars": {"a": {"ansible_host": "192.0.2.1", "smile": "\\ud83d\\ude00"}}}}
            """
        let inventory = try Inventory.load(
            InventorySource(folder: "", main: "ec2", files: ["ec2": .output(Array(output.utf8))])
        )

        #expect(inventory.names == ["b", "a", "c"])
        #expect(inventory.value("x", of: "c") == "1")
        #expect(inventory.value("smile", of: "a") == "😀")
        #expect(inventory.host("a")?.connection.address == "192.0.2.1")
        #expect(inventory.warnings == [])
    }

    @Test func `a program without _meta is warned of`() throws {
        let inventory = try Inventory.load(
            InventorySource(folder: "", main: "ec2", files: ["ec2": .output(Array("{\"web\": [\"a\"]}".utf8))])
        )

        #expect(
            inventory.warnings.map(\.problem) == ["the program prints no `_meta`, so variables of hosts are not known"]
        )
    }

    @Test func `INI is understood`() throws {
        let inventory = try inventory(
            """
            ; a comment
            lone ansible_port=2222

            [web]
            www[01:03].example.com
            special ansible_host=192.0.2.9 note='two words # here' # a comment
            [2001:db8::1]:22
            other:2200

            [site:children]
            web
            db # with a comment

            [site:vars]
            user = root
            flag = True
            text = "quoted"

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
        #expect(inventory.value("note", of: "special") == "two words # here")
        #expect(inventory.host("db-a")?.connection.user == "root")
        #expect(inventory.value("text", of: "db-a") == "quoted")
        #expect(inventory.host("db-a")?.variables["flag"]?.boolean == true)
        #expect(inventory.host("lone")?.connection.user == nil)
        #expect(inventory.host("db-a")?.groups == ["all", "site", "db"])
    }

    @Test(arguments: [
        ("", "hosts.yml", ["hosts.yml:1:1: the inventory has no hosts [see Inventory/example.yml]"]),
        ("- a", "hosts.yml", ["hosts.yml:1:1: an inventory is a mapping of groups [its first word is `all:`]"]),
        (
            "all:\n  host: {a: }", "hosts.yml",
            ["hosts.yml:2:3: `host` is not a part of a group [did you mean `hosts`?]"]
        ),
        (
            "all:\n  hosts: [a]", "hosts.yml",
            ["hosts.yml:2:10: `hosts` is a mapping, not a list [write `NAME:` on each line, without `-`]"]
        ),
        ("all:\n  hosts:\n    a[3:1]:", "hosts.yml", ["hosts.yml:3:5: `a[3:1]` has a range that runs backwards"]),
        (
            "all: {hosts: {a: }}\nall: {hosts: {b: }}", "hosts.yml",
            ["hosts.yml:2:1: `all` stands here twice, first on line 1 [remove one]"]
        ),
        (
            "a: {children: {b: {children: {a: }}}, hosts: {h: }}", "hosts.yml",
            [
                "hosts.yml:1:1: the group `a` is below itself [look for it under `children`]",
                "hosts.yml:1:16: the group `b` is below itself [look for it under `children`]",
            ]
        ),
        (
            "plugin: aws_ec2\nregions: [x]", "hosts.yml",
            [
                "hosts.yml:1:1: this is not an inventory, but settings for an inventory plugin of Ansible [let Ansible write it out: `ansible-inventory -i FILE --list > hosts.json`]"
            ]
        ),
        ("[web]\na\n[wep:vars]\nx=1\n", "hosts", ["hosts:3:1: there is no group `wep` [did you mean `web`?]"]),
        ("[web]\na b\n", "hosts", ["hosts:2:1: `b` is not a variable [write `NAME=VALUE`, or one host on each line]"]),
        ("[web:child]\na\n", "hosts", ["hosts:1:1: `[web:child]` is not a section [did you mean `children`?]"]),
        ("{\"web\": [1, }", "hosts.json", ["hosts.json:1:13: this is not JSON: a value is missing"]),
    ])
    func `what is wrong is said at its place`(text: String, file: String, expected: [String]) {
        #expect(inventoryFaults(text, file) == expected)
    }
}
