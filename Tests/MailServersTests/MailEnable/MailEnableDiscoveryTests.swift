import MTAPlan
import Support
import Testing

@testable import MailServers

/// What a person does on the Smart host tab, and what the registry shows of it.
@Suite struct MailEnableDiscoveryTests {
    typealias Box = (kind: String, on: String, off: String)

    private static let boxes: [Box] = [
        ("DWord", "1", "0"), ("DWord", "-1", "0"), ("DWord", "0", "1"), ("String", "Yes", "No"), ("String", "1", "0"),
    ]

    /// The registry after each step; `isThere`: whether the values were there before.
    private func discovery(
        enabled: Box,
        authenticate: Box,
        port: String = "DWord",
        password: String = MailEnableDiscovery.password,
        skipping: Int? = nil
    ) -> MailEnableDiscovery {
        var discovery = MailEnableDiscovery()
        var (host, number, user, secret) = ("", "25", "", "")
        for step in 0..<4 {
            if step == 1, skipping != 1 { (host, number) = (MailEnableDiscovery.host, MailEnableDiscovery.port) }
            if step == 2, skipping != 2 { (user, secret) = (MailEnableDiscovery.user, password) }
            let isOn = (step == 1 || step == 2) && skipping != 1
            let hasLogin = step == 2 && skipping != 2
            discovery.add(
                site([
                    ("A", enabled.kind, isOn ? enabled.on : enabled.off), ("B", "String", host), ("C", port, number),
                    ("D", authenticate.kind, hasLogin ? authenticate.on : authenticate.off), ("E", "String", user),
                    ("F", "String", secret), ("Revision", "DWord", "\(step + 7)"), ("Host Name", "String", "mail1"),
                ])
            )
        }
        return discovery
    }

    private func site(_ rows: [(name: String, kind: String, value: String)]) -> MailEnableSite {
        let objects = rows.map {
            PowerShellObject(["Name": .text($0.name), "Kind": .text($0.kind), "Value": .text($0.value)])
        }
        guard let site = MailEnableSite(Facts(objects: ["mailenable.smtp64": .objects(objects)])) else {
            preconditionFailure("a key with values was not found")
        }
        return site
    }

    @Test(arguments: 0..<boxes.count, 0..<boxes.count)
    func `the fields are told by what was typed, the boxes by when they change`(one: Int, other: Int) throws {
        let (enabled, authenticate) = (Self.boxes[one], Self.boxes[other])

        let profile = try discovery(enabled: enabled, authenticate: authenticate).profile(version: "10")

        #expect(
            profile.values == [
                .enabled: .init(name: "A", kind: enabled.kind, on: enabled.on, off: enabled.off),
                .host: .init(name: "B", kind: "String"), .port: .init(name: "C", kind: "DWord"),
                .authenticate: .init(
                    name: "D",
                    kind: authenticate.kind,
                    on: authenticate.on,
                    off: authenticate.off
                ),
                .user: .init(name: "E", kind: "String"), .password: .init(name: "F", kind: "String"),
            ]
        )
    }

    @Test func `a password that is kept in another form is not in the profile`() throws {
        let profile = try discovery(
            enabled: Self.boxes[0],
            authenticate: Self.boxes[3],
            port: "String",
            password: "9f3a"
        )
        .profile(version: nil)

        #expect(profile.values[.password] == nil)
        #expect(profile.values[.port]?.kind == "String")
        #expect(profile.values.count == 5)
    }

    @Test(arguments: [1, 2])
    func `a step that was left out is told`(step: Int) throws {
        let discovery = discovery(enabled: Self.boxes[0], authenticate: Self.boxes[0], skipping: step)

        let failure = #expect(throws: Failure.self) { try discovery.profile(version: nil) }

        #expect(failure?.problem.contains("no value of the registry changed") == true)
        #expect(failure?.fault == nil)
    }
}
