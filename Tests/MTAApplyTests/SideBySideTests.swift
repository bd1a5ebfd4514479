import Synchronization
import Testing

@testable import MTAApply

@Suite struct SideBySideTests {
    @Test func `results stand in the order of the items whichever ends first`() async {
        let results = await SideBySide.map(Array(0..<50), atOnce: 7) { item in
            for _ in 0..<(50 - item) { await Task.yield() }
            return item
        }

        #expect(results == Array(0..<50))
    }

    @Test func `never more than so many at once`() async {
        let running = Mutex((now: 0, most: 0))

        _ = await SideBySide.map(Array(0..<40), atOnce: 5) { _ in
            running.withLock {
                $0.now += 1; $0.most = max($0.most, $0.now)
            }
            for _ in 0..<10 { await Task.yield() }
            running.withLock { $0.now -= 1 }
        }

        #expect(running.withLock { $0.most } <= 5)
        #expect(running.withLock { $0.most } > 1)
    }

    @Test func `after a stop no item is begun and those are nil`() async {
        let begun = Mutex(0)

        let results = await SideBySide.map(Array(0..<20), atOnce: 2, while: { begun.withLock { $0 < 6 } }) { item in
            begun.withLock { $0 += 1 }
            return item
        }

        #expect(results.prefix(6).allSatisfy { $0 != nil })
        #expect(results.suffix(10).allSatisfy { $0 == nil })
    }
}
