import MTAPlan
import MailServers

extension Parser {
    /// Inventories in every form, and patterns for their hosts.
    static let inventories: [Parser] =
        [
            ("hosts.yml", Seeds.folder("Inventory", ending: "example.yml")),
            (
                "hosts.ini",
                [
                    Array(
                        "lone ansible_port=22\n[web]\nwww[01:20].example.com x='a b' # c\n[site:children]\nweb\n[site:vars]\nuser = root\njump=a@b:22\n"
                            .utf8
                    )
                ]
            ),
            ("hosts.json", [json]), ("program", [json]),
        ].map { name, seeds in inventory(name, seeds) }

    private static let json = Array(
        "{\"web\": {\"hosts\": [\"a\", \"b\"], \"vars\": {\"port\": 22}}, \"_meta\": {\"hostvars\": {\"a\": {\"x\": \"\\ud83d\\ude00\"}}}}"
            .utf8
    )

    private static let words =
        [[UInt8]].signs
        + [[UInt8]](
            words:
                "- ? &a *a <<: {{x}} [1:3] [a:z] [0:99999999] :vars] :children] hosts: children: vars: all: !vault | > --- ... ~ null true 0x1F \\ud800 plays: routes: smarthosts: via: env:X file:x prompt: 10% 2m default direct web:!a web:&b all[0:5] ~w.* ansible_host=x port:"
        )

    private static func inventory(_ name: String, _ seeds: [[UInt8]]) -> Parser {
        Parser("inventory \(name)") { choices in
            var bytes = choices.one(of: seeds)
            choices.edit(&bytes, atMost: 6, with: words)
            var pattern = Array("web:!staging".utf8)
            choices.edit(&pattern, with: words)
            let inventory: Inventory
            do throws(Failures) { inventory = try loaded(bytes, name) } catch {
                for failure in error.all { try demandWords(failure) }
                return
            }
            do throws(Failure) {
                _ = try HostPattern(String(decoding: pattern, as: UTF8.self)).hosts(in: inventory)
            } catch {
                try demandWords(error)
            }
        }
    }

    private static func loaded(_ bytes: [UInt8], _ name: String) throws(Failures) -> Inventory {
        let content: InventorySource.Input
        do throws(Failure) {
            content = name == "program" ? .program(try ProgramOutput(bytes, program: name)) : .file(bytes)
        } catch {
            throw Failures(error)
        }
        return try Inventory.load(
            [InventorySource(folder: nil, parts: [.init(path: name, content: content)])],
            in: Catalog.language
        )
    }

    /// Playbooks, and what is found wrong with them.
    static let playbooks: [Parser] = [
        Parser("playbook") { choices in
            var bytes = choices.one(of: examples)
            choices.edit(&bytes, atMost: 6, with: words)
            let file: PlaybookFile
            do throws(Failures) { file = try PlaybookFile(bytes, file: "p.yml", in: Catalog.language) } catch {
                for failure in error.all {
                    try demandWords(failure)
                    try demand(failure.place?.hasPrefix("p.yml:") == true, "no place: \(failure)")
                }
                return
            }
            for finding in Lint.findings(file, inventory: nil) { try demandShowable("\(finding)", "a finding") }
        }
    ]

    private static let examples = Seeds.folder("Playbooks", ending: ".yml")
}
