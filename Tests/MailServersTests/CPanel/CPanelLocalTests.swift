import MTAPlan
import Testing

@testable import MailServers

@Suite struct CPanelLocalTests {
    private let text =
        "# ours\n%RETRYBLOCK%\n* * F,2h\n@AUTH@\n\nsaslauthd:\n  driver = x\n\n@TRANSPORTSTART@\r\n@ROUTERSTART@"

    private func local(_ text: String) -> CPanelLocal { CPanelLocal(Array(text.utf8)) }

    @Test(arguments: ["", "\n", "@", "@@", "%%", "@AUTH@", "@AUTH", "\r\n@AUTH@\r\nx", "a\n@B@ tail\nc"])
    func `bytes are what they were`(text: String) {
        #expect(local(text).text.bytes == Array(text.utf8))
    }

    @Test func `a section ends before the next mark, whatever its kind`() {
        #expect(local(text).sections.map(\.name) == ["RETRYBLOCK", "AUTH", "TRANSPORTSTART", "ROUTERSTART"])
        #expect(local(text).content(of: .authenticators) == Array("saslauthd:\n  driver = x".utf8))
        #expect(local(text).content(of: .transportStart) == [])
    }

    @Test func `a section that is there twice is one`() {
        #expect(local("@AUTH@\na\n@CONFIG@\nb\n@AUTH@\nc\n").content(of: .authenticators) == Array("a\nc".utf8))
    }

    @Test func `ours stands right after the mark, and taking it out gives back every byte`() throws {
        var changed = local(text)
        try changed.setOurs(before: [], [(.authenticators, ["a:"]), (.transportStart, ["t:"]), (.routerStart, ["r:"])])

        #expect(changed.text.bytes.text.contains("@AUTH@\n# BEGIN mtactl\na:\n# END mtactl\n\nsaslauthd:"))
        #expect(changed.text.bytes.text.hasSuffix("@ROUTERSTART@\n# BEGIN mtactl\nr:\n# END mtactl"))
        let once = changed
        try changed.setOurs(before: [], [(.authenticators, ["a:"]), (.transportStart, ["t:"]), (.routerStart, ["r:"])])
        #expect(changed == once)
        try changed.setOurs(before: [], [])
        #expect(changed.text.bytes == Array((text + "\n").utf8) || changed.text.bytes == Array(text.utf8))
    }

    @Test(arguments: [("@CONFIG@\n", "is missing"), ("  @AUTH@\n", "first column")])
    func `without its mark nothing is put anywhere`(text: String, words: String) {
        var local = local(text)
        let failure = #expect(throws: Failure.self) { try local.setOurs(before: [], [(.authenticators, ["a:"])]) }
        #expect(failure?.problem.contains(words) == true)
        #expect(local.text.bytes == Array(text.utf8))
    }

    @Test func `what cPanel makes of a change is told where it can be`() throws {
        let template = ["--", "begin transports", "", "@TRANSPORTSTART@", "", "remote_smtp:"]
        let bytes = Array("a\nbegin transports\n\n\n\n\nremote_smtp:\n".utf8)
        let generated = CPanelGenerated(bytes: bytes, template: template)
        let old = local("@TRANSPORTSTART@\n")
        let new = local("@TRANSPORTSTART@\n\nours:\n\n")

        let changed = try #require(generated.changed(from: old, to: new))
        #expect(changed.text == "a\nbegin transports\n\nours:\n\n\nremote_smtp:\n")
        let back = CPanelGenerated(bytes: changed, template: template).changed(from: new, to: old)
        #expect(back == bytes)
    }

    @Test func `what cPanel makes of a change is not guessed`() {
        let old = local("@TRANSPORTSTART@\n")
        let new = local("@TRANSPORTSTART@\nours:\n")
        let twice = Array("x:\n\n\ny:\nx:\n\n\ny:\n".utf8)

        #expect(
            CPanelGenerated(bytes: twice, template: ["x:", "@TRANSPORTSTART@", "y:"]).changed(from: old, to: new) == nil
        )
        #expect(CPanelGenerated(bytes: Array("x:\n".utf8), template: []).changed(from: old, to: new) == nil)
    }
}
