import Drivers
import Foundation
import MTAPlan
import Subprocess
import Support
import Testing

/// A change as a script: a new connector with a login, an old one switched off, and a restart.
enum ScriptSample {
    static let run = RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_403), by: "anna@desk")
    static let reference = SecretReference.environment("FILTER_PASSWORD")
    static let password = "s3cret of the smarthost"
    static let secrets = Secrets([reference: Secret(password)])
    static let found: [[String: PowerShellObject.Value]] = [
        [
            "Guid": .text("guid-1"), "Name": .text("old"), "Comment": .text(""), "Enabled": .text("True"),
            "SmartHosts": .list(["[192.0.2.1]"]),
        ]
    ]
    private static let tells: [PowerShellCall.Property] = [
        .init("Guid", .caseless), .init("Name"), .init("Comment"), .init("Enabled", .caseless),
        .init("SmartHosts", .hosts),
    ]
    static let read = PowerShellCall("Get-SendConnector", [.init("DomainController", .text("dc1"))], tells: tells)

    /// `name`: Of the new connector.
    static func work(name: String = "new") -> PowerShellWork {
        let make = PowerShellCall(
            "New-SendConnector",
            [
                .init("Name", .text(name)), .init("AddressSpaces", .list(["SMTP:*;1"])),
                .init("SmartHosts", .list(["a.example", "b.example"])), .init("DNSRoutingEnabled", .flag(false)),
                .init("Port", .number(587)), .init("Fqdn", .nothing),
                .init("AuthenticationCredential", .credential(username: "out", password: reference)),
            ],
            tells: [.init("Guid", .caseless), .init("Name")]
        )
        let unmake = PowerShellCall(
            "Remove-SendConnector",
            [.init("Identity", .answered(property: "Guid", otherwise: name)), .init("Confirm", .flag(false))]
        )
        let set = { (isOn: Bool) in
            PowerShellCall("Set-SendConnector", [.init("Identity", .text("guid-1")), .init("Enabled", .flag(isOn))])
        }
        let digest = PowerShellObject(found[0]).digest(of: tells)
        return PowerShellWork(
            expectations: [
                .init(
                    "connectors",
                    read,
                    [
                        ObjectExpectation(name, .name(name), .absent),
                        ObjectExpectation("old", .guid("guid-1"), .unchanged(digest: digest)),
                    ]
                )
            ],
            snapshot: [read],
            steps: [
                .init("make \"\(name)\"", make, undo: unmake), .init("switch off \"old\"", set(false), undo: set(true)),
            ],
            restarts: ["EX01"],
            checks: [
                .init(
                    "connectors",
                    read,
                    [ObjectExpectation("old", .guid("guid-1"), .with([.init(.init("Enabled", .caseless), "false")]))]
                )
            ]
        )
    }

    static func plan(_ work: PowerShellWork) -> SitePlan {
        SitePlan(
            host: "ex1.example.com",
            play: "all",
            server: .init("exchange", "15.2"),
            disposition: .change(
                [Edit(.object, "new", .create, diff: "+Login: out [secret \(reference)]\n")],
                .powerShell(work)
            ),
            notes: ["one\n; Remove-Item C:\\"]
        )
    }

    static func script(_ work: PowerShellWork = work()) -> PowerShellScript {
        let message = ScriptMessage(
            messageID: "mtactl-{TOKEN}@example.com",
            text: "From: <a@example.com>\nMessage-ID: <mtactl-{TOKEN}@example.com>\nDate: {DATE}\n\n    }\n'; exit\n",
            log: .tracking(servers: ["EX01"], pickup: "C:\\Pickup"),
            seconds: 30
        )
        return .change(run: run.text, plan: plan(work), work, message: message, made: "Made by a test.")
    }

    /// One call, as a script has it and as a document had it.
    struct Call: Hashable, Decodable {
        var id: String
        var must: Bool
        var name: String
        /// The kind, and the value.
        var arguments: [String: [String]]
        var properties: [String]
    }

    /// What is in a script, by its functions: read by the stand-in, which takes nothing that it does not know.
    static func calls(in script: PowerShellScript) async throws -> [String: [Call]] {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ps1")
        try Data(script.bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // It is the system's to clear away then.
        let result = try await Subprocess.run(
            .name("env"),
            arguments: [
                "/usr/bin/python3", ProgramTextTests.root.appending(path: "Tests/Lab/windows/script-calls").path,
                file.path,
            ],
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(result.standardError == "")
        return try JSONDecoder().decode([String: [Call]].self, from: Data(result.standardOutput.utf8))
    }
}
