import MTAPlan
import Testing

@testable import MTAApply

@Suite struct SurveyTextTests {
    @Test func `a table, and beneath it what has no place in it, each line with its host`() {
        let lines = SurveyText.lines([
            survey("web1", .init(name: "postfix", version: "3.7.11", panel: "plesk", panelVersion: "18.0.61"), []),
            survey("mail-two", .init(name: "exim", version: "4.98.2"), [Survey.Row("boss@example.com", "filter")]),
        ])

        #expect(
            lines.joined(separator: "\n") == """
                HOST      SERVER   VERSION  DEFAULT ROUTE  TLS  LOGIN  QUEUE  LOG
                web1      postfix  3.7.11   direct         may  -      2      journal
                mail-two  exim     4.98.2   direct         may  -      2      journal

                web1      panel  plesk 18.0.61
                mail-two  from boss@example.com  filter

                2 hosts: 1 exim, 1 postfix
                """
        )
    }

    @Test func `a wide table has the logs beneath it`() {
        var wide = survey("web1", .init(name: "postfix", version: "3.7.11"), [])
        wide.surveys["postfix"]?.defaultRoute = String(repeating: "a", count: 60) + ":587"

        let lines = SurveyText.lines([wide])

        #expect(lines[0].hasSuffix("QUEUE"))
        #expect(lines.contains("web1  log  journal"))
    }

    @Test func `of many rows only some are shown`() {
        let rows = (1...50).map { Survey.Row("a\($0)@example.com", "filter") }

        let text = SurveyText.lines([survey("web1", .init(name: "exim", version: "4.98.2"), rows)]).joined()

        #expect(text.contains("and 30 more"))
        #expect(!text.contains("a21@example.com"))
    }

    private func survey(_ host: String, _ server: RecognisedServer, _ senders: [Survey.Row]) -> HostSurvey {
        HostSurvey(
            host: host,
            recognised: [server],
            surveys: [server.name: Survey(defaultRoute: "direct", senders: senders, tls: "may", queued: 2)],
            logs: [server.name: .journal(by: ["postfix"])]
        )
    }
}
