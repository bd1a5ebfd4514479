import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct MainCFTests {
    // MARK: Laws, over random files

    @Test(arguments: 0..<400)
    func `what is read is printed back byte for byte`(seed: Int) {
        var random = SeededRandom(seed: seed)
        let bytes = RandomMainCF.bytes(using: &random)

        #expect(MainCF(bytes).bytes == bytes)
    }

    @Test(arguments: 0..<400)
    func `what was set is what is read, twice is once, and no other parameter changes`(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        let bytes = RandomMainCF.bytes(using: &random)
        let value = RandomMainCF.values.randomElement(using: &random) ?? ""
        var once = MainCF(bytes)
        let others = once.names.filter { $0 != "relayhost" }
        let before = others.map { once.value(of: $0) }

        try once.set("relayhost", to: value)
        var twice = once
        try twice.set("relayhost", to: value)

        #expect(once.value(of: "relayhost") == value)
        #expect(MainCF(once.bytes).value(of: "relayhost") == value)
        #expect(twice.bytes == once.bytes)
        #expect(others.map { once.value(of: $0) } == before)
        #expect(RandomMainCF.comments(once.bytes).starts(with: RandomMainCF.comments(bytes)))
    }

    @Test(arguments: 0..<400)
    func `a parameter that was put in and is taken out again leaves the file as it was`(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        let bytes = RandomMainCF.bytes(using: &random)
        var file = MainCF(bytes)
        try #require(file.value(of: "default_transport") == nil)

        try file.set("default_transport", to: "mtactl-filter:[a.example]:587")
        try file.setOurs(["hash:/ours"], in: "sender_maps") { $0 == "hash:/ours" }
        try file.remove("default_transport") { $0.hasPrefix("mtactl-") }
        try file.setOurs([], in: "sender_maps") { $0 == "hash:/ours" }

        #expect(file.bytes == bytes)
    }

    @Test(arguments: 0..<400)
    func `our tables come first in a list, the others keep their order, and taking ours out gives them back`(seed: Int)
        throws
    {
        var random = SeededRandom(seed: seed)
        let bytes = RandomMainCF.bytes(using: &random)
        var file = MainCF(bytes)
        let before = MapList.texts(file.value(of: "transport_maps") ?? "")
        let isOurs = { (item: String) in item.hasPrefix("hash:/ours") }

        try file.setOurs(["hash:/ours1", "hash:/ours2"], in: "transport_maps", isOurs: isOurs)
        #expect(MapList.texts(file.value(of: "transport_maps") ?? "") == ["hash:/ours1", "hash:/ours2"] + before)
        var again = file
        try again.setOurs(["hash:/ours1", "hash:/ours2"], in: "transport_maps", isOurs: isOurs)
        #expect(again.bytes == file.bytes)

        try file.setOurs([], in: "transport_maps", isOurs: isOurs)
        #expect(MapList.texts(file.value(of: "transport_maps") ?? "") == before)
    }

    // MARK: The traps of the grammar

    @Test func `a comment and a blank line inside a value stay when the value is replaced`() throws {
        var file = MainCF("a = 1\nrelayhost =\n# the old one: [x]:25\n\n  [y]:25,\n# and\n\t[z]:25\nb = 2\n")
        #expect(file.value(of: "relayhost") == "[y]:25,\t[z]:25")

        try file.set("relayhost", to: "")

        #expect(file.text == "a = 1\nrelayhost =\n# the old one: [x]:25\n\n# and\nb = 2\n")
    }

    @Test func `the last of several definitions is the one that is read and changed`() throws {
        var file = MainCF("relayhost = a\nmyhostname = m\nrelayhost = b\n")

        try file.set("relayhost", to: "c")

        #expect(file.text == "relayhost = a\nmyhostname = m\nrelayhost = c\n")
        #expect(file.lineNumbers(of: "relayhost") == [1, 3])
    }

    @Test func `a missing final newline stays missing`() throws {
        var file = MainCF("biff = no\nrelayhost = a")
        try file.set("relayhost", to: "b")
        #expect(file.text == "biff = no\nrelayhost = b")

        try file.set("default_transport", to: "x:")
        #expect(file.text == "biff = no\nrelayhost = b\n# BEGIN mtactl\ndefault_transport = x:\n# END mtactl")
    }

    @Test func `lines that are added end as the others do`() throws {
        var file = MainCF("biff = no\r\nrelayhost =\r\n")

        try file.set("relayhost", to: "a")
        try file.set("default_transport", to: "x:")

        #expect(
            file.text
                == "biff = no\r\nrelayhost =a\r\n# BEGIN mtactl\r\ndefault_transport = x:\r\n# END mtactl\r\n"
                .replacing("=a", with: "= a")
        )
    }

    @Test func `a byte order mark belongs to the first name, as it does for Postfix`() throws {
        var file = MainCF("\u{FEFF}relayhost = a\n")
        #expect(file.value(of: "relayhost") == nil)

        try file.set("relayhost", to: "b")

        #expect(file.text == "\u{FEFF}relayhost = a\n# BEGIN mtactl\nrelayhost = b\n# END mtactl\n")
    }

    @Test func `commented examples are left alone`() throws {
        var file = MainCF("#relayhost = $mydomain\n#relayhost = [gateway.my.domain]\nrelayhost = \n")

        try file.set("relayhost", to: "[a]:587")

        #expect(file.text == "#relayhost = $mydomain\n#relayhost = [gateway.my.domain]\nrelayhost = [a]:587\n")
    }

    @Test func `the way a list is written is kept`() throws {
        var file = MainCF("transport_maps=\n    hash:/a ,\n  # why\n  inline:{ {x = y}, {z=w} }\n")

        try file.setOurs(["hash:/ours"], in: "transport_maps") { $0 == "hash:/ours" }
        #expect(file.text == "transport_maps=\n    hash:/ours, hash:/a ,\n  # why\n  inline:{ {x = y}, {z=w} }\n")

        try file.setOurs([], in: "transport_maps") { $0 == "hash:/ours" }
        #expect(file.text == "transport_maps=\n    hash:/a ,\n  # why\n  inline:{ {x = y}, {z=w} }\n")
    }

    @Test func `one table of ours takes the place of another of another type`() throws {
        var file = MainCF("transport_maps = hash:/ours, hash:/a\n")

        try file.setOurs(["lmdb:/ours"], in: "transport_maps") { $0.hasSuffix(":/ours") }

        #expect(file.text == "transport_maps = lmdb:/ours, hash:/a\n")
    }

    @Test(arguments: [
        "# BEGIN mtactl\n", "# END mtactl\n# BEGIN mtactl\n", "# BEGIN mtactl\n# BEGIN mtactl\n# END mtactl\n",
    ])
    func `marks that are not a pair are refused`(_ text: String) {
        var file = MainCF(text)

        #expect(throws: Failure.self) { try file.set("default_transport", to: "x:") }
    }
}

extension MainCF {
    init(_ text: String) { self.init(Array(text.utf8)) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Files with everything in them that people and programs leave in main.cf.
private enum RandomMainCF {
    static let values = ["", "[a.example]:587", "hash:/a, hash:/b", "x", "$mydomain", "inline:{ {a = b}, {c = d} }"]
    private static let names = ["relayhost", "transport_maps", "mydestination", "myhostname", "relayhost", "biff"]
    private static let breaks = ["\n", "\n", "\n", "\r\n"]

    static func bytes(using random: inout SeededRandom) -> [UInt8] {
        var text = Int.random(in: 0..<8, using: &random) == 0 ? "\u{FEFF}# first\n" : ""
        let style = breaks.randomElement(using: &random) ?? "\n"
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            text += piece(using: &random).joined(separator: style) + style
        }
        var bytes = Array(text.utf8)
        if Int.random(in: 0..<3, using: &random) == 0, !bytes.isEmpty { bytes.removeLast(style.utf8.count) }
        if Int.random(in: 0..<6, using: &random) == 0 { bytes.insert(0xE9, at: bytes.startIndex) }
        return bytes
    }

    static func comments(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: 0x0A).map { Array($0.trimmed) }.filter { $0.first == UInt8(ascii: "#") }
    }

    private static func piece(using random: inout SeededRandom) -> [String] {
        let name = names.randomElement(using: &random) ?? "biff"
        let equals = [" = ", "=", "\t=  ", " =", "= "].randomElement(using: &random) ?? "="
        let value = values.randomElement(using: &random) ?? ""
        return switch Int.random(in: 0..<8, using: &random) {
        case 0: ["# \(name)\(equals)\(value)"]
        case 1: ["", "  # inside"]
        case 2: [name + equals, "  # inside", "", "  " + (value.isEmpty ? "x" : value)]
        case 3: [name + equals + value + ",", "\t[second],", "# between", "   [third]"]
        case 4: ["   "]
        case 5: [name + equals + value + "  "]
        default: [name + equals + value]
        }
    }
}
