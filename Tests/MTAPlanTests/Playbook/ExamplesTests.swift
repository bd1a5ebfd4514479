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
}
