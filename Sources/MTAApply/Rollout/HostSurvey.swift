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

    /// Why it cannot be determined how mail leaves through one of its servers.
    package var obstacles: [Failure] {
        surveys.sorted { $0.key < $1.key }.compactMap { _, survey in
            survey.obstacle.map { obstacle in
                Failure("cannot tell how mail leaves: \(obstacle.problem)", hint: obstacle.hint, at: host)
            }
        }
    }
}

extension HostSurvey {
    /// What facts say.
    package init(host: String, facts: Facts, catalog: [any Product]) {
        self.init(host: host, recognised: Planner(catalog: catalog).recognised(in: facts), surveys: [:], logs: [:])
        unfinished = OpenRuns.objection(in: facts)?.at(host)
        for case let server as any MailServer in catalog where recognised.contains(where: { $0.name == server.name }) {
            surveys[server.name] = server.survey(facts)
            logs[server.name] = server.trace.log(facts)
        }
    }
}

extension SiteRun {
    /// Asks the host.
    ///
    /// Changes nothing.
    package func survey() async -> HostSurvey {
        do throws(Failure) {
            return HostSurvey(host: site.name, facts: try await site.facts(for: .survey, files: []), catalog: catalog)
        } catch {
            return HostSurvey(host: site.name, recognised: [], surveys: [:], logs: [:], failure: error.at(site.name))
        }
    }
}
