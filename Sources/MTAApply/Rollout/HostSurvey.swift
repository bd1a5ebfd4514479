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
}

extension SiteRun {
    /// Asks the host.
    ///
    /// Changes nothing.
    package func survey() async -> HostSurvey {
        var survey = HostSurvey(host: session.name, recognised: [], surveys: [:], logs: [:])
        do throws(Failure) {
            let facts = try await session.facts(script.text(for: .survey))
            survey.unfinished = OpenRuns.objection(in: facts)?.at(session.name)
            survey.recognised = Recognition.servers(in: facts)
            for server in catalog {
                guard let index = survey.recognised.firstIndex(where: { $0.name == server.name }) else { continue }
                if let version = server.installation(in: facts)?.version { survey.recognised[index].version = version }
                survey.surveys[server.name] = server.survey(facts)
                survey.logs[server.name] = server.log(facts)
            }
        } catch {
            survey.failure = error.at(session.name)
        }
        return survey
    }
}
