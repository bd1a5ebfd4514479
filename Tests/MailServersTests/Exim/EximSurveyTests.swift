import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct EximSurveyTests {
    @Test(arguments: ["routes-changed", "routes-taken-back"])
    func `a row for a sender tells smarthost, TLS and login, not our router's name`(_ name: String) throws {
        let fixture = try #require(try Fixture.all(of: "exim").first { $0.name == name })
        let survey = Exim().survey(fixture.facts)

        #expect(
            survey.senders == [
                Survey.Row("*@example.com", "outgoing.example.net:587", tls: "required", login: "example"),
                Survey.Row("boss@example.com", "outgoing.example.net:587", tls: "required", login: "boss"),
                Survey.Row("robot@example.com", "outgoing.example.net:587", tls: "required", login: "out@example.com"),
                Survey.Row("*@excluded.example", "direct"),
            ]
        )
    }
}
