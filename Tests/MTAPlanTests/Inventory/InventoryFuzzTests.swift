import MailServers
import Testing

@testable import MTAPlan

@Suite struct InventoryFuzzTests {
    @Test(arguments: ["hosts.yml", "hosts", "hosts.json", "program"])
    func `no mutilation of an inventory ends the program`(name: String) throws {
        let original = try original(name)
        var dice = Mutation(state: UInt64(original.count))
        var (refused, taken) = (0, 0)

        for _ in 0..<1_000 {
            var bytes = original
            for _ in 0...dice.roll(3) { dice.mutate(&bytes) }
            do throws(Failures) {
                let inventory = try loaded(bytes, name)
                _ = try? HostPattern(String(decoding: bytes.suffix(20), as: UTF8.self)).hosts(in: inventory)
                taken += 1
            } catch {
                refused += 1
                #expect(error.all.allSatisfy { $0.place?.hasPrefix(name) == true && !$0.problem.isEmpty })
            }
        }

        #expect(refused > 50 && taken > 10)
    }

    private func loaded(_ bytes: [UInt8], _ name: String) throws(Failures) -> Inventory {
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

    private func original(_ name: String) throws -> [UInt8] {
        switch name {
        case "hosts.yml": try Examples.bytes("Inventory/example.yml")
        case "hosts":
            Array(
                "lone ansible_port=22\n[web]\nwww[01:20].example.com x='a b' # c\n[site:children]\nweb\n[site:vars]\nuser = root\njump=a@b:22\n"
                    .utf8
            )
        default:
            Array(
                "{\"web\": {\"hosts\": [\"a\", \"b\"], \"vars\": {\"port\": 22}}, \"_meta\": {\"hostvars\": {\"a\": {\"x\": \"\\ud83d\\ude00\"}}}}"
                    .utf8
            )
        }
    }
}
