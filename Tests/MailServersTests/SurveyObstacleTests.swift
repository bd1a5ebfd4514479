import MTAPlan
import MailServers
import Testing

/// What cannot be determined of a host is said with its reason.
@Suite struct SurveyObstacleTests {
    @Test(arguments: Catalog.all)
    func `no server's route is unknown without a reason and a next step`(server: any MailServer) throws {
        let survey = server.survey(Facts())

        guard survey.defaultRoute == "unknown" else { return }
        let obstacle = try #require(survey.obstacle, "\(server.name)")
        #expect(!obstacle.problem.isEmpty && obstacle.hint != nil, "\(server.name): \(obstacle)")
    }
}
