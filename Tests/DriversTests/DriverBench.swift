import Drivers
import Foundation
import MTAPlan
import Support

/// A site with one file, or one setting, for the suite that every driver has to pass.
struct DriverBench: Sendable {
    let site: any Site
    /// The path of the file, or the name of the setting.
    let name: String
    private let kind: Kind
    /// Fails while the new text is there, and not once the old one is put back.
    private let failing: Command
    private let reader: @Sendable () throws -> String?
    private let writer: @Sendable (String) throws -> Void
    private var windows: FakeWindowsHost?
    private var kerio: FakeKerio?

    enum Kind: String, CaseIterable {
        case posix, posixSetting, fake, fakeSetting, powerShell, api

        var isSetting: Bool { self == .posixSetting || self == .fakeSetting }
    }

    init(_ kind: Kind, holding text: String = "old\n") throws {
        self.kind = kind
        switch kind {
        case .posix:
            let folder = try FolderSite()
            site = folder
            name = folder.host.path("etc/main.cf")
            failing = ["sh", "-c", "! grep -q new \"$1\"", "sh", folder.host.path("etc/main.cf")]
            reader = { folder.host.exists("etc/main.cf") ? try folder.host.read("etc/main.cf") : nil }
            writer = { try folder.host.write("etc/main.cf", $0) }
        case .posixSetting:
            let folder = try FolderSite()
            let tool = try SettingTool(on: folder.host)
            site = folder
            name = "Relay"
            failing = ["sh", "-c", "! tool get \"$1\" | grep -q new", "sh", name]
            reader = { try tool.value(of: "Relay").map { $0 + "\n" } }
            writer = { try tool.set("Relay", to: $0.trimmingCharacters(in: .newlines)) }
        case .powerShell:
            let windows = FakeWindowsSite(FakeWindowsHost(connectors: [Self.connector]))
            let host = windows.host
            site = windows.session
            name = "outgoing"
            failing = []
            self.windows = host
            reader = { host.with { $0.passwords["outgoing"] ?? $0.connectors.first?["Comment"]?.texts.first } }
            writer = { text in host.with { $0.connectors[0]["Comment"] = .text(text) } }
        case .api:
            let fake = FakeKerioSite(FakeKerio([Self.rule]))
            let kerio = fake.kerio
            site = fake
            name = "outgoing"
            failing = []
            self.kerio = kerio
            reader = { kerio.enabledText }
            writer = { kerio.setEnabledHost($0) }
        case .fake, .fakeSetting:
            let fake = FakeSite()
            let file = kind == .fake ? "/etc/main.cf" : "Relay"
            site = fake
            name = file
            failing = ["false"]
            reader = { fake.files[file].map { String(decoding: $0, as: UTF8.self) } }
            writer = { fake.write(file, Array($0.utf8)) }
        }
        try write(text)
    }

    /// What the file, or the setting and a line break, holds; `nil` where there is none.
    func text() throws -> String? { try reader() }

    func write(_ text: String) throws { try writer(text) }

    enum Flaw: CaseIterable {
        case check, reload, health, moved
    }

    /// Work that leads from the text that is there, or an expected one, to another.
    func work(to wanted: Content, from expected: String? = nil, flaw: Flaw? = nil) throws -> Work {
        if let kerio { return .api(try work(to: wanted, flaw: flaw, on: kerio)) }
        if let windows { return .powerShell(try work(to: wanted, flaw: flaw, on: windows)) }
        let found = flaw == .moved ? "something else\n" : try expected ?? text() ?? ""
        let word: (Flaw) -> Command = { $0 == flaw ? failing : ["true"] }
        var work = POSIXWork(
            files: [],
            check: .init(files: [], commands: [flaw == .check ? ["false"] : ["true"]]),
            reload: [word(.reload)],
            health: [word(.health)]
        )
        if kind.isSetting {
            work.settings = [try setting(wanted, from: found)]
        } else {
            work.files = [try file(wanted, from: found)]
            work.check?.files = [name]
        }
        return .posix(work)
    }

    private func file(_ wanted: Content, from found: String) throws -> FileChange {
        try FileChange(
            path: name,
            found: .file(
                FoundFile(
                    realPath: name,
                    bytes: Array(found.utf8),
                    mode: FileMode(rawValue: 0o644),
                    owner: "root",
                    group: "root"
                )
            ),
            wanted: .file(wanted, mode: FileMode(rawValue: 0o644), owner: "root", group: "root"),
            kind: .configuration,
            secrets: Self.secrets
        )
    }

    private func setting(_ wanted: Content, from found: String) throws -> SettingChange {
        var wanted = wanted
        if case .bytes(let bytes)? = wanted.pieces.last, bytes.last == 0x0A {
            wanted.pieces[wanted.pieces.count - 1] = .bytes(Array(bytes.dropLast()))
        }
        return try SettingTool.change("Relay", from: found, to: wanted)
    }

    static let secret = SecretReference.environment("PASSWORD")
    static let password = "p0is0n$(x) with:%colon"
    static let secrets = Secrets([secret: Secret(Array(password.utf8))])

    func opening(_ number: Int = 1) -> RunOpening {
        RunOpening(
            run: RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_402 + Double(number)), by: "anna@desk"),
            server: "postfix",
            log: nil,
            revertAfter: 60,
            secrets: Self.secrets
        )
    }

    /// Changes the file and confirms it.
    func committed(_ wanted: String, _ number: Int = 1) async throws -> Confirmed? {
        let work = try work(to: Content(wanted))
        return try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
            guard case .done = try await driver.change(work, as: opening(number)) else { return nil }
            return try await driver.confirm(work)
        }
    }

    /// Asks something over a conversation of its own.
    func ask<Answer: Sendable>(
        _ question: (any Driver) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        try await site.withDriver(progress: { _ in }, question)
    }
}
