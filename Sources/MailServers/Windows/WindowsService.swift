import MTAPlan

/// A service of Windows that a mail server runs as.
///
/// Its status is .NET's `ServiceControllerStatus`: `Running`, `Stopped`, or a word for a change that is under way.
struct WindowsService: Sendable {
    /// The service's own name, not the one that is shown to people.
    let name: String

    init(_ name: String) { self.name = name }

    private var key: String { "service.\(name)" }

    var question: PowerShellQuestion {
        PowerShellQuestion(
            key,
            PowerShellCall(
                "service.read",
                [PowerShellCall.Parameter("Names", .list([name]))],
                tells: ["Name", "Status"].map { PowerShellCall.Property($0) }
            )
        )
    }

    func isThere(in facts: Facts) -> Bool { found(in: facts) != nil }

    func isStopped(in facts: Facts) -> Bool { found(in: facts)?.text("Status") == "Stopped" }

    private func found(in facts: Facts) -> PowerShellObject? {
        facts.objects[key]?.objects.first { $0.text("Name")?.lowercased() == name.lowercased() }
    }

    /// A host that could not tell is not judged.
    ///
    /// - Throws: Where the service does not run: restarting it would start it, and no route could be proved without it.
    func checkRuns(in facts: Facts, as server: String) throws(Failure) {
        guard case .objects? = facts.objects[key] else { return }
        guard isThere(in: facts) else { throw missing(as: server) }
        if isStopped(in: facts) { throw stopped(as: server) }
    }

    func stopped(as server: String) -> Failure {
        Failure(
            "\(server)'s service `\(name)` is stopped, so no route could be proved",
            hint: "start it with `Start-Service \(name)`"
        )
    }

    private func missing(as server: String) -> Failure {
        Failure(
            "the host has no service `\(name)`, which \(server) sends mail with",
            hint: "is \(server) installed completely? Make the change in its console if the service has another name"
        )
    }
}
