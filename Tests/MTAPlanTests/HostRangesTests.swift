import MTAPlan
import Testing

@Suite struct HostRangesTests {
    @Test(
        arguments: [
            (["mx1", "mx2", "mx3"], "mx[1:3]"),
            (["mx9", "mx10", "mx11"], "mx[9:11]"),
            (["mx08", "mx09", "mx10"], "mx[08:10]"),
            (["mx1", "mx2"], "mx1, mx2"),
            (["mx3", "mx1", "mx2"], "mx[1:3]"),
            (["web1.dc1", "web1.dc2", "web1.dc3"], "web1.dc[1:3]"),
            (["a1.dc2", "a2.dc2", "a3.dc2", "b1.dc2"], "a[1:3].dc2, b1.dc2"),
            (["mx1", "mx2", "mx3", "mx7"], "mx[1:3], mx7"),
            (["mx1", "mx1", "alone"], "mx1, alone"),
            (["[2001:db8::1]"], "[2001:db8::1]"),
            ([], ""),
        ] as [([String], String)]
    )
    func `consecutive numbers are a range`(_ row: (names: [String], words: String)) {
        #expect(HostRanges.words(row.names) == row.words)
    }

    @Test func `what there is no room for is counted`() {
        #expect(HostRanges.words(["a", "b", "c"], most: 2) == "a, b and 1 more")
    }

    @Test func `four hundred hosts are one item, and every host is in it`() {
        let names = (1...400).map { "host\($0 < 10 ? "00" : $0 < 100 ? "0" : "")\($0).example.net" }

        #expect(HostRanges.items(names.shuffled()) == ["host[001:400].example.net"])
    }
}
