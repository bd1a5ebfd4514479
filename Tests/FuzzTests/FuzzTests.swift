import FuzzParsers
import Support
import Testing

/// Every parser that eats what a host or a person wrote, on cases that a seeded generator makes: the same in every run.
///
/// `make fuzz` goes on from there, led by coverage.
@Suite struct FuzzTests {
    @Test(.timeLimit(.minutes(2)), arguments: Parser.all)
    func `whatever it is given, the laws hold`(_ parser: Parser) throws {
        var random = SeededRandom(seed: parser.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        let clock = ContinuousClock()

        for number in 0..<(parser.name.hasSuffix("configuration") ? 20 : 200) {
            let bytes = (0..<Int(random.next() % 160)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let start = clock.now
            do { try parser.tryOut(bytes) } catch { Issue.record("case \(number), bytes \(bytes): \(error)") }
            #expect(clock.now - start < .seconds(20), "case \(number) takes too long: \(bytes)")
        }
    }
}
