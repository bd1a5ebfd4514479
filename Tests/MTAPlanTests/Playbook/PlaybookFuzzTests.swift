import Testing

@testable import MTAPlan

@Suite struct PlaybookFuzzTests {
    @Test(arguments: Examples.playbooks)
    func `no mutilation of a playbook ends the program`(name: String) throws {
        let original = try Examples.bytes("Playbooks/\(name)")
        var dice = Mutation(state: UInt64(original.count))
        var refused = 0

        for _ in 0..<700 {
            var bytes = original
            for _ in 0...dice.roll(4) { dice.mutate(&bytes) }
            do throws(Failures) {
                _ = try Playbook.load(bytes, file: "p.yml")
            } catch {
                refused += 1
                #expect(error.all.allSatisfy { $0.place?.hasPrefix("p.yml:") == true && !$0.problem.isEmpty })
            }
        }

        #expect(refused > 100)
    }
}
