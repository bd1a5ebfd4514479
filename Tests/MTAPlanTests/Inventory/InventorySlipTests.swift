import MailServers
import Testing

@testable import MTAPlan

/// What is wrong with inventories, and how far it reaches.
@Suite struct InventorySlipTests {
    @Test(arguments: [
        ("", "hosts.yml", ["hosts.yml:1:1: the inventory has no hosts [`mtactl schema inventory` prints the format]"]),
        ("- a", "hosts.yml", ["hosts.yml:1:1: an inventory must be a mapping of groups [it begins with `all:`]"]),
        (
            "all:\n  hosts: [a]", "hosts.yml",
            ["hosts.yml:2:10: `hosts` must be a mapping, not a list [write `NAME:` on each line, without `-`]"]
        ),
        ("mx1\nmx2:\n", "hosts", ["hosts:2:1: `mx2:` ends in `:` [a port must follow it, as in `mx1:2222`]"]),
        (
            "a: {children: {b: {children: {a: }}}, hosts: {h: }}", "hosts.yml",
            [
                "hosts.yml:1:1: the group `a` contains itself [look for it under `children`]",
                "hosts.yml:1:16: the group `b` contains itself [look for it under `children`]",
            ]
        ),
        (
            "plugin: aws_ec2\nregions: [x]", "hosts.yml",
            [
                "hosts.yml:1:1: this is not an inventory, but the settings of an Ansible inventory plugin [export it with Ansible: `ansible-inventory -i hosts.yml --list > hosts.json`]"
            ]
        ),
        ("[web]\na\n[wep:vars]\nx=1\n", "hosts", ["hosts:3:1: there is no group `wep` [did you mean `web`?]"]),
        (
            "[site:children]\nweb\nwep\n[web]\na\n", "hosts",
            ["hosts:3:1: there is no group `wep`, which should be part of `site` [did you mean `web`?]"]
        ),
        (
            "[web]\na\n[web extra]\nb\n", "hosts",
            ["hosts:3:1: `[web extra]` is not a section [write `[NAME]`, without spaces]"]
        ),
        (
            "$ANSIBLE_VAULT;1.1;AES256\n33", "hosts.yml",
            ["hosts.yml:1:1: this file is encrypted with ansible-vault [`-i <(ansible-vault view hosts.yml)` reads it]"]
        ),
        ("[web:child]\na\n", "hosts", ["hosts:1:1: `[web:child]` is not a section [did you mean `children`?]"]),
        ("{\"web\": [1, }", "hosts.json", ["hosts.json:1:13: this is not JSON: a value is missing"]),
    ])
    func `what is wrong is said at its place`(text: String, file: String, expected: [String]) {
        #expect(inventoryFaults(text, file) == expected)
    }

    @Test(arguments: [
        ("all: {host: {a: }, hosts: {h: }}", "`host` is not part of a group and is ignored"),
        (".ssh: &a {port: 22}\nall: {hosts: {h: *a}}", "`port` is not part of a group and is ignored"),
        ("x-note: by us\nall: {hosts: {h: }}", "`x-note` is not a group and is ignored"),
        ("all: {hosts: {b: }}\nall: {hosts: {h: }}", "`all` is defined twice, first on line 1"),
        ("all: {hosts: {h: {x: 1, x: 2}}}", "`x` is defined twice, first on line 1"),
        ("all: {hosts: {\"a[3:1]\": , h: }}", "`a[3:1]` expands to no host"),
    ])
    func `what Ansible passes over is warned of`(text: String, problem: String) throws {
        let inventory = try inventory(text)

        #expect(inventory.names == ["h"])
        #expect(inventory.warnings.map(\.problem) == [problem], "\(inventory.warnings)")
    }

    @Test(arguments: ["h port", "h 'port=1", "h \u{5C}", "-h", "h port=\u{5C}x00"])
    func `a slip on the line of a host keeps only that host from being used`(line: String) throws {
        let inventory = try inventory("[web]\na\n\(line)\nb\n", "hosts")

        #expect(inventory.hosts.map(\.problems.isEmpty) == [true, false, true])
    }

    @Test func `what is wrong with a host's own file keeps only that host from being used`() throws {
        let files: [String: String] = ["hosts": "a\nb\nc\n", "host_vars/a.yml": "x: [", "host_vars/b.yml": "- x"]
        let inventory = try inventory(files, from: ["hosts"])

        #expect(inventory.hosts.map(\.problems.isEmpty) == [false, false, true])
    }

    @Test func `bytes that are not UTF-8 matter where they are read`() throws {
        let text: [UInt8] =
            Array("; caf".utf8) + [0xE9] + Array("\n[web]\na # caf".utf8) + [0xE9] + Array("\nb user=caf".utf8) + [
                0xE9, 0x0A,
            ]
        let part = InventorySource.Part(path: "hosts", content: .file(text))
        let inventory = try Inventory.load([InventorySource(folder: nil, parts: [part])], in: Catalog.language)

        #expect(inventory.warnings.map(shown) == ["hosts:3:1: the file is not UTF-8 [save it as UTF-8]"])
        #expect(inventory.hosts.map(\.problems.isEmpty) == [true, false])
    }

    @Test func `a list of hosts is an inventory`() throws {
        let part = InventorySource.Part(path: "list", content: .names("b, a:2222,,[2001:db8::1]:22,w[1:2]"))
        let inventory = try Inventory.load([InventorySource(folder: nil, parts: [part])], in: Catalog.language)

        #expect(inventory.names == ["b", "a", "2001:db8::1", "w[1:2]"])
        #expect(inventory.port("a") == 2222)
        #expect(inventory.host("b")?.groups == ["all", "ungrouped"])
    }
}
