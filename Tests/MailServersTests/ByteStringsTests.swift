import Testing

@testable import MailServers

@Suite struct ByteStringsTests {
    @Test(
        arguments: [
            ("", false), ("FIL", false), ("FILE", true), ("a FILE", true), ("FFILE", true), ("_A_BB", true),
            ("_A_B", false),
        ]
    )
    func `a text is searched for all strings at once`(_ text: String, _ isThere: Bool) {
        #expect(ByteStrings(["FILE", "_A_BB", ""]).areSome(in: text) == isThere)
        #expect(["FILE", "_A_BB"].contains { text.utf8.holds($0.utf8) } == isThere)
    }

    @Test func `no string is in no text`() {
        #expect(!ByteStrings([]).areSome(in: "text"))
        #expect("text".utf8.holds("".utf8))
    }
}
