import Testing

@testable import MTAPlan

@Suite struct PlaybookFuzzTests {
    /// Every run is the same: a linear congruential generator with Knuth's constants.
    private struct Dice {
        var state: UInt64
        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(sides, 1)))
        }
    }

    private static let pieces = [
        "\t", "\r\n", "\u{0}", ": ", "- ", "? ", "&a ", "*a", "<<: *a", "!vault |", "{", "}", "[", "]", "\"", "'",
        "|\n", ">-\n",
        "---\n", "...\n", "%YAML 1.1\n", "#", "\u{FEFF}", "ü", "yes", "~", "1e9999", "-", "99999999999999999999",
        "\u{85}",
        "plays:", "hosts: [", "smarthosts: *a", "😀", "\"\\ud800\"", "\"\\x00\"", "@", "`", ",",
    ].map { Array($0.utf8) }

    @Test(arguments: Examples.playbooks)
    func `no mutilation of a playbook ends the program`(name: String) throws {
        let original = try Examples.bytes("Playbooks/\(name)")
        var dice = Dice(state: UInt64(original.count))
        var refused = 0

        for _ in 0..<700 {
            var bytes = original
            for _ in 0...dice.roll(4) { mutate(&bytes, &dice) }
            do throws(Failures) {
                _ = try Playbook.load(bytes, file: "p.yml")
            } catch {
                refused += 1
                #expect(error.all.allSatisfy { $0.place?.hasPrefix("p.yml:") == true && !$0.problem.isEmpty })
            }
        }

        #expect(refused > 100)
    }

    private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
        guard !bytes.isEmpty else { return }
        let at = dice.roll(bytes.count)
        let end = min(bytes.count, at + 1 + dice.roll(20))
        switch dice.roll(7) {
        case 0: bytes.remove(at: at)
        case 1: bytes[at] = UInt8(dice.roll(256))
        case 2: bytes.insert(contentsOf: Self.pieces[dice.roll(Self.pieces.count)], at: at)
        case 3: bytes.removeSubrange(at..<end)
        case 4: bytes.insert(contentsOf: bytes[at..<end], at: dice.roll(bytes.count))
        case 5: bytes.swapAt(at, dice.roll(bytes.count))
        default: bytes.replaceSubrange(at..<end, with: Self.pieces[dice.roll(Self.pieces.count)])
        }
    }
}
