import Foundation
import Testing

@testable import MTAPlan

@Suite struct JSONValueTests {
    @Test(arguments: ["", "a", "\"\\/", "\u{0}\u{1B}[31m\u{7F}\u{85}", "é😀\r\n\t", "\u{202E}"])
    func `any text is read back as it was`(_ text: String) throws {
        let json = JSONValue.array([.string(text)]).text

        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String]

        #expect(read == [text])
        #expect(!json.utf8.contains { $0 < 0x20 || $0 == 0x7F })
    }

    @Test func `keys keep their order`() {
        #expect(JSONValue.object([("b", .int(1)), ("a", .null)]).text == #"{"b": 1, "a": null}"#)
    }
}
