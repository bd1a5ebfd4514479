import MTAPlan
import Support
import Testing

@testable import MailServers

/// What `make fuzz` found, each as small as it gets.
@Suite struct FoundByFuzzingTests {
    private static let setting = [Array("a = b".utf8)]

    @Test(arguments: ["only\r", "#mtactl# #mtactl#  \na = b\n", "#mtactl# \u{0C}# END mtactl\n\nx\n"])
    func `a block that is set twice is set once`(text: String) throws {
        var once = ConfigLines(Array(text.utf8))
        try once.setBlock(Self.setting, replacing: { number, _ in number == 1 })
        var twice = once
        try twice.setBlock(Self.setting, replacing: { number, _ in number == 1 })

        #expect(twice == once)
        #expect(try twice.blockContent() == Self.setting)
    }

    @Test func `a line behind the block that would continue ours is refused`() throws {
        var file = MainCF(Array("a = b\n# BEGIN mtactl\n# END mtactl\n  c\n".utf8))

        let failure = #expect(throws: Failure.self) { try file.set("relayhost", to: "[x]:25") }

        #expect(failure?.problem.hasPrefix("line 4 of main.cf begins with white space") == true)
    }

    @Test(arguments: ["/etc/two\nlines", "etc/no-root", "/etc/nul\0byte"])
    func `a path that no host can be told is seen before it is asked`(path: String) throws {
        let change = try FileChange(
            path: path,
            found: .absent,
            wanted: .file(Content("x"), mode: FileMode(rawValue: 0o644), owner: "root", group: "root"),
            kind: .configuration,
            secrets: Secrets()
        )

        #expect(ChangeSet(files: [change], reload: []).oddWord == path)
    }

    @Test func `a password inside a host's word is not shown`() {
        let remote = NullmailerRemote(#""a.example smtp --pass=hunter2""#)

        #expect(remote?.route == "a.example smtp --pass=[secret]")
    }

    /// Each ended the program: a mark that ends a part stood before the one that begins it.
    @Test func `a log line whose parts are in another order is no delivery`() {
        let sent = SentMessage(messageID: "m@x", from: "a@x", to: "b@x", byteCount: 1)
        let lines = [
            "h m[1.2]: using smarthost (x:25)", "h m[1.2]: trying remote delivery to x] y [z",
            "h m[1.2]: <b@x> delivery successful",
            "h nullmailer-send[1]: Starting delivery: host: protocol: smtp file: 1",
            "h nullmailer-send[1]: Sent file.",
        ]

        for server in [DMA(), Nullmailer()] as [any MailServer] {
            var tracer = server.tracer(of: sent)
            for _ in 0..<4 { if case .found(let found) = tracer.next(after: lines) { #expect(found.relay == nil) } }
        }
    }
}
