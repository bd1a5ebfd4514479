import Testing

@testable import MTAPlan

@Suite struct ExamplesTests {
    @Test func `there is a playbook for every scenario of the design`() {
        #expect(Examples.playbooks.map { Int($0.prefix(2)) } == Array(1...15))
    }

    @Test(arguments: Examples.playbooks)
    func `each playbook that comes with the program loads`(name: String) throws {
        let bytes = try Examples.bytes("Playbooks/\(name)")

        let playbook = try Playbook.load(bytes, file: "Playbooks/\(name)")

        #expect(!playbook.plays.isEmpty)
        #expect(playbook.verify != nil)
        #expect(bytes.starts(with: Array("# yaml-language-server: $schema=./playbook.schema.json\n# ".utf8)))
    }

    @Test func `the schema beside the playbooks is the program's own`() throws {
        #expect(
            String(decoding: try Examples.bytes("Playbooks/playbook.schema.json"), as: UTF8.self)
                == PlaybookSchema.json()
        )
    }
}
