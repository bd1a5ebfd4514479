internal import Drivers
package import MTAPlan

/// What one host runs, and how its mail leaves today.
package struct HostSurvey: Sendable {
    package var host: String
    package var recognised: [RecognisedServer]
    /// Of the servers that mtactl knows, by name.
    package var surveys: [String: Survey]
    package var logs: [String: LogSource]
    /// A run of mtactl that did not end as it should have, or a lock.
    package var unfinished: Failure?
    package var failure: Failure?

    /// Why it cannot be told how mail leaves through one of its servers.
    package var obstacles: [Failure] {
        surveys.sorted { $0.key < $1.key }.compactMap { _, survey in
            survey.obstacle.map { obstacle in
                Failure("cannot tell how mail leaves: \(obstacle.problem)", hint: obstacle.hint, at: host)
            }
        }
    }
}

extension SiteRun {
    /// Asks the host.
    ///
    /// Changes nothing.
    package func survey() async -> HostSurvey {
        var survey = HostSurvey(host: site.name, recognised: [], surveys: [:], logs: [:])
        do throws(Failure) {
            let facts = try await site.facts(for: .survey, files: [])
            survey.unfinished = OpenRuns.objection(in: facts)?.at(site.name)
            survey.recognised = Planner(catalog: catalog).recognised(in: facts)
            for case let server as any MailServer in catalog
            where survey.recognised.contains(where: { $0.name == server.name }) {
                survey.surveys[server.name] = server.survey(facts)
                survey.logs[server.name] = server.trace.log(facts)
            }
        } catch {
            survey.failure = error.at(site.name)
        }
        return survey
    }
}
