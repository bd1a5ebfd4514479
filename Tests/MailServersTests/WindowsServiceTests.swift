import MTAPlan
import Support
import Testing

@testable import MailServers

/// A mail server on Windows whose service does not run, or is not there.
@Suite struct WindowsServiceTests {
    private static let services = [
        ("mailenable", MailEnableSite.service), ("icewarp", IceWarpOnWindows.service),
        ("kerio", KerioOnWindows.service), ("exchange", ExchangeSite.service),
    ]

    private func facts(_ service: WindowsService, _ objects: [[String: String]]) -> Facts {
        let objects = objects.map { PowerShellObject($0.mapValues { .text($0) }) }
        return Facts(objects: [service.question.key: .objects(objects)])
    }

    @Test(arguments: services.indices)
    func `its status is asked for, and refused with its name where nothing can be proved`(index: Int) throws {
        let (server, service) = Self.services[index]
        let product = try #require(Catalog.all.first { $0.name == server })
        let stopped = facts(service, [["Name": service.name.lowercased(), "Status": "Stopped"]])

        #expect(product.questions.contains(service.question))
        #expect(throws: Never.self) {
            try service.checkRuns(in: facts(service, [["Name": service.name, "Status": "Running"]]), as: server)
            try service.checkRuns(in: Facts(), as: server)
        }
        let failures = [
            #expect(throws: Failure.self) { try service.checkRuns(in: stopped, as: server) },
            #expect(throws: Failure.self) { try service.checkRuns(in: facts(service, []), as: server) },
        ]
        for failure in failures {
            let shown = Glossary(Glossary.mailWords).failure(try #require(failure))
            #expect(shown.problem.contains("`\(service.name)`"), "\(shown)")
            #expect(!shown.description.contains("…"), "\(shown)")
        }
    }
}
