import MTAPlan
import Support
import Testing

@Suite struct LineDiffTests {
    @Test(arguments: 0..<600)
    func `the edits make the new text out of the old and give the old one back`(seed: Int) {
        var random = SeededRandom(seed: seed)
        let old = Self.text(using: &random)
        let new = Self.text(using: &random)

        let diff = LineDiff(old, new)

        var (before, after): ([UInt8], [UInt8]) = ([], [])
        for edit in diff.edits {
            switch edit {
            case .keep(let i, let j):
                #expect(diff.old[i] == diff.new[j])
                before += diff.old[i]
                after += diff.new[j]
            case .remove(let i): before += diff.old[i]
            case .insert(let j): after += diff.new[j]
            }
        }
        #expect(before == old)
        #expect(after == new)
    }

    @Test func `nothing more than what differs is taken out and put in`() {
        let old = Array("a\nb\nc\na\nb\nb\na\n".utf8)
        let new = Array("c\nb\na\nb\na\nc\n".utf8)

        let changed = LineDiff(old, new).edits.filter { if case .keep = $0 { false } else { true } }

        // Myers' own example: five edits.
        #expect(changed.count == 5)
    }

    @Test func `a hundred thousand rows with changes all over are compared in proportion`() {
        let rows = (0..<100_000).map { "user\($0)@example.com smtp:[h\($0 % 7)]:587\n" }
        let changed = rows.enumerated().map { $0.offset.isMultiple(of: 1000) ? "new \($0.element)" : $0.element }

        let diff = LineDiff(Array(rows.joined().utf8), Array(changed.joined().utf8))

        #expect(diff.edits.count == 100_100)
    }

    @Test func `a hundred thousand equal rows against others are replaced as a whole`() {
        let old = Array(String(repeating: "a\nb\n", count: 50_000).utf8)
        let new = Array(String(repeating: "c\nd\n", count: 50_000).utf8)

        #expect(LineDiff(old, new).edits.count == 200_000)
    }

    @Test func `it is printed as diff -u prints it`() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13"

        let text = LineDiff.unified(Array(old.utf8), Array(new.utf8), path: "/etc/x")

        #expect(
            text == """
                --- a/etc/x
                +++ b/etc/x
                @@ -2,7 +2,7 @@
                 2
                 3
                 4
                -5
                +five
                 6
                 7
                 8
                @@ -10,3 +10,4 @@
                 10
                 11
                 12
                +13
                \\ No newline at end of file

                """
        )
    }

    @Test func `a file that is made and one that is removed are against nothing`() {
        #expect(
            LineDiff.unified(nil, Array("a\n".utf8), path: "/x") == "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
        )
        #expect(
            LineDiff.unified(Array("a\n".utf8), nil, path: "/x") == "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        )
        #expect(LineDiff.unified(nil, [], path: "/x") == "--- /dev/null\n+++ b/x\n")
        #expect(LineDiff.unified([], [], path: "/x").isEmpty)
    }

    @Test func `what could steer a terminal is written out`() {
        let text = LineDiff.unified(
            [],
            Array("a\r\n\u{1B}[2Jb\tc\n\u{202E}d\n".utf8) + [0xE9, 0x0A],
            path: "/x\u{1B}"
        )

        #expect(text.hasSuffix("+a\\r\n+\\u{1B}[2Jb\tc\n+\\u{202E}d\n+\\xe9\n"))
        #expect(text.hasPrefix("--- a/x\\u{1B}\n"))
    }

    private static func text(using random: inout SeededRandom) -> [UInt8] {
        let lines = (0..<Int.random(in: 0..<14, using: &random)).map { _ in
            ["a\n", "b\n", "c\n", "d\r\n", "\n"].randomElement(using: &random) ?? "a\n"
        }
        let end = Int.random(in: 0..<4, using: &random) == 0 ? "no end" : ""
        return Array((lines.joined() + end).utf8)
    }
}
