import Testing

@testable import MTAPlan

@Suite struct YAMLErrorTests {
    @Test(arguments: [
        ("", ["p.yml:1:1: the playbook is empty [it needs `plays`]"]),
        ("# nothing\n", ["p.yml:1:1: the playbook is empty [it needs `plays`]"]),
        ("---\n", ["p.yml:1:1: the playbook is empty [it needs `plays`]"]),
        ("- a", ["p.yml:1:1: a playbook must be a mapping [it begins with `plays:`]"]),
        (
            "- hosts: mail\n  tasks: []",
            [
                "p.yml:1:1: this is an Ansible playbook [mtactl's playbooks begin with `plays:`; `mtactl schema playbook` prints the format]"
            ]
        ),
        (
            "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
            [
                "p.yml:1:1: this file is encrypted with ansible-vault, which is not read here [leave it unencrypted: its passwords are references, such as `env:NAME`]"
            ]
        ),
        ("\n text", ["p.yml:2:2: a playbook must be a mapping [it begins with `plays:`]"]),
        (
            "a:\n\t- b",
            [
                "p.yml:2:1: this is not YAML: while scanning for the next token, found character that cannot start any token [there is a tab here; YAML is indented with spaces only]"
            ]
        ),
        (
            "hosts: *",
            [
                "p.yml:1:9: this is not YAML: while scanning an alias, did not find expected alphabetic or numeric character [put text that begins with `*` in quotes]"
            ]
        ),
        ("a: *x", ["p.yml:1:4: this is not YAML: found undefined alias [put text that begins with `*` in quotes]"]),
        (
            "a: b: c",
            [
                "p.yml:1:5: this is not YAML: mapping values are not allowed in this context [put text with `: ` in it, or `:` at its end, in quotes; or this line is indented too far]"
            ]
        ),
        (
            "plays: [{hosts: all, routes: {}}]\n---\na: b\n",
            ["p.yml:2:1: a second document begins here [a file holds only one; remove the `---`]"]
        ),
        (
            "plays: [{hosts: !staging, routes: {}}]",
            ["p.yml:1:17: tags are not supported here [put text that begins with `!` in quotes]"]
        ),
        (
            "plays: [{hosts: \"{{ target }}\", routes: {}}]",
            ["p.yml:1:17: `hosts` is a template, which is not evaluated here [write the value out]"]
        ),
        (
            "plays: [{hosts: all, routes: {}}]\nverify: {to: {{ admin }}}",
            [
                "p.yml:2:14: `to` must be a mail address, not a mapping [write the value out: templates are not evaluated here]"
            ]
        ),
        (
            "plays: [{hosts: !vault x, routes: {}}]",
            [
                "p.yml:1:17: this is encrypted with ansible-vault, which is not read here [write `command:PROGRAM ARGS` with a program that prints it, or `env:NAME`]"
            ]
        ),
        (
            "plays: [{hosts: all, routes: {}}]\nverify: {to: \"a\u{1}\"}",
            ["p.yml:2:16: a control character [remove it; in quotes it can be written as `\\x1b`]"]
        ),
    ])
    func `what is not YAML is said with its place and a way out`(text: String, expected: [String]) {
        #expect(faults(text) == expected)
    }

    @Test func `every repeated key is found, and what else is wrong`() {
        let text =
            "plays: [{hosts: all, routes: {default: f}}]\r\nverify: {to: a@b.example, to: c, \"to\": e@f.example}\r\nplays: 3\r\n"

        #expect(
            faults(text) == [
                "p.yml:2:27: `to` is defined twice, first on line 2 [remove one]",
                "p.yml:2:34: `to` is defined twice, first on line 2 [remove one]",
                "p.yml:3:1: `plays` is defined twice, first on line 1 [remove one]",
                "p.yml:3:8: `plays` must be a list, each the settings of a play, not the number `3`",
            ]
        )
    }

    @Test func `bytes that are not UTF-8 are found where they stand`() {
        for (bytes, place, problem): ([UInt8], String, String) in [
            (Array("plays:\n- ü".utf8) + [0xFF, 0x41], "p.yml:2:4", "the file is not UTF-8"),
            ([0xC3], "p.yml:1:1", "the file is not UTF-8"),
            ([0xFF, 0xFE, 0x41, 0x00], "p.yml:1:1", "the file is not UTF-8, it looks like UTF-16"),
        ] {
            #expect(throws: Failures(Failure(problem, hint: "save it as UTF-8", at: place))) {
                try Playbook.load(bytes, file: "p.yml")
            }
        }
    }

    @Test func `aliases of aliases of aliases are refused at once`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }

        #expect(faults(text).count == 1)
        #expect(faults(text).first?.contains("the aliases of this file expand to too much") == true)
        #expect(faults(text + "? *a30\n: x\n").first?.contains("the aliases of this file expand to too much") == true)
        #expect(faults(text + "{*a30 : x}\n").first?.contains("the aliases of this file expand to too much") == true)
    }

    @Test(arguments: [90, 900, 5_000])
    func `nesting has an end`(depth: Int) {
        let flow = String(repeating: "[", count: depth)
        let block = String(repeating: "- ", count: depth) + "a"

        #expect(!faults("plays: " + flow).isEmpty)
        #expect(!faults("plays: " + flow + String(repeating: "]", count: depth)).isEmpty)
        #expect(!faults(block).isEmpty)
    }

    @Test func `a file that is too large is not read`() {
        #expect(throws: Failures.self) {
            try Playbook.load(Array(repeating: 0x20, count: YAMLReader.bytes + 1), file: "p.yml")
        }
    }
}
