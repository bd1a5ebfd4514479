package import Drivers
internal import MTAPlan

/// A site that is one `FakeWindowsHost`, as `HostSession` makes it.
package struct FakeWindowsSite: Sendable {
    package let host: FakeWindowsHost
    package let session: HostSession

    package init(
        _ host: FakeWindowsHost,
        questions: WindowsQuestions = WindowsQuestions(),
        neighbours: Neighbours? = nil
    ) {
        self.host = host
        session = HostSession(
            name: host.name,
            questions: FactsScript(asking: []),
            windows: questions,
            neighbours: neighbours
        ) { () async throws(Failure) in (host, .none) }
    }
}
