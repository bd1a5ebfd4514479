import Drivers
import MTAPlan
import Support

/// The same changes as those of a file, of a connector's comment; a secret becomes its password.
extension DriverBench {
    static let connector: [String: PowerShellObject.Value] = [
        "Guid": .text("6f1c0a22"), "Name": .text("outgoing"), "Comment": .text(""),
    ]

    private static let properties = ["Guid", "Name", "Comment"].map { PowerShellCall.Property($0) }
    private static let read = PowerShellCall("Get-SendConnector", tells: properties)

    private static func set(_ parameters: PowerShellCall.Parameter...) -> PowerShellCall {
        PowerShellCall("Set-SendConnector", [PowerShellCall.Parameter("Identity", .text("6f1c0a22"))] + parameters)
    }

    func work(to wanted: Content, flaw: Flaw?, on host: FakeWindowsHost) throws -> PowerShellWork {
        let found = host.with { $0.connectors[0] }
        let rendered = try wanted.rendered(with: Self.secrets)
        let text = String(decoding: rendered, as: UTF8.self)
        let isSecret = text == Self.password
        let change: PowerShellCall.Parameter =
            isSecret
            ? .init("AuthenticationCredential", .credential(username: "out", password: Self.secret))
            : .init("Comment", .text(text))
        let digest = PowerShellObject(found).digest(of: Self.properties)
        let expected = flaw == .moved ? "0000" : digest
        let isThere = { (state: ObjectExpectation.State) in
            [ObjectExpectation("outgoing", .guid("6f1c0a22"), state)]
        }
        let after = PowerShellCall.Property("Comment")
        let wantedText = flaw == .health ? "another" : isSecret ? found["Comment"]?.texts.first : text
        host.with { $0.restartFailsWith = flaw == .reload ? text : nil }
        return PowerShellWork(
            expectations: [
                .init(
                    "exchange.connectors",
                    flaw == .check ? PowerShellCall("Get-Nothing", tells: Self.properties) : Self.read,
                    isThere(.unchanged(digest: expected))
                )
            ],
            snapshot: [Self.read],
            steps: [
                .init(
                    "change the connector \"outgoing\"",
                    Self.set(change),
                    undo: Self.set(.init("Comment", .text(found["Comment"]?.texts.first ?? "")))
                )
            ],
            restarts: ["EX01"],
            checks: [.init("exchange.connectors", Self.read, isThere(.with([.init(after, wantedText)])))]
        )
    }
}
