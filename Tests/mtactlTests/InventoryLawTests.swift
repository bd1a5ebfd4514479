import ArgumentParser
import Foundation
import MTAPlan
import Subprocess
import SystemPackage
import Testing

@testable import mtactl

/// What inventories mean is what they mean to Ansible.
@Suite(.enabled(if: Oracle.isHere, "ansible-core is not here, so nothing is known of the law: run Tests/Oracle/setup"))
struct InventoryLawTests {
    /// `MTACTL_SEED` makes others.
    @Test func `hosts, groups, settings and order of three hundred inventories are Ansible's`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mtactl-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let answers = try await Oracle.answers(300, in: folder)

        #expect(answers.count == 300)
        var refused = 0
        for answer in answers {
            // An inventory without a host is no use to mtactl, so it is refused.
            guard answer.failed.isEmpty, !answer.hosts.isEmpty else {
                refused += 1
                await #expect(throws: (any Error).self, "\(answer.failed)") { try await answer.inventory() }
                continue
            }
            do {
                let differences = try await answer.differences(answer.inventory())
                #expect(differences == [], "number \(answer.number): \(answer.sources)")
            } catch {
                Issue.record("number \(answer.number): \(answer.sources): \(error)")
            }
        }
        #expect((1..<60).contains(refused))
    }
}

/// Ansible itself, as Tests/Oracle/setup installs it.
enum Oracle {
    private static let folder = "\(Program.root)/Tests/Oracle"
    static let programs = "\(folder)/.venv/bin"
    static let isHere = FileManager.default.isExecutableFile(atPath: "\(programs)/ansible-vault")

    /// What Ansible makes of one inventory.
    struct Answer: Decodable {
        var number: Int
        var sources: [String]
        var playbook: String?
        var failed: [String]
        var hosts: [String: Host]
        var groups: [Group]

        struct Host: Decodable {
            var groups: [String]
            var host: String?
            var port: String?
            var remote_user: String?
            var private_key_file: String?
        }

        struct Group: Decodable {
            var name: String
            var hosts: [String]
            var ordered: Bool
        }
    }

    static func answers(_ count: Int, in folder: String) async throws -> [Answer] {
        let seed = ProcessInfo.processInfo.environment["MTACTL_SEED"] ?? "15"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(folder)/ansible.cfg"))
        let result = try await run(
            .path(FilePath("\(programs)/python3")),
            arguments: ["\(Self.folder)/inventories.py", folder, seed, "\(count)"],
            environment: .inherit.updating(["ANSIBLE_CONFIG": "\(folder)/ansible.cfg", "ANSIBLE_LOCAL_TEMP": folder]),
            output: .data(limit: 16 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return try result.standardOutput.split(separator: 0x0A).map { try JSONDecoder().decode(Answer.self, from: $0) }
    }
}

extension Oracle.Answer {
    func inventory() async throws -> Inventory {
        var reader = InventoryReader()
        let options = try InventoryOptions.parse(sources.flatMap { ["-i", $0] })
        return try await reader.inventory(options, nil, playbookFolder: playbook)
    }

    /// Where mtactl and Ansible differ.
    func differences(_ inventory: Inventory) -> [String] {
        var found: [String] = []
        func compare<Value: Equatable>(_ what: String, _ ours: Value, _ ansibles: Value) {
            if ours != ansibles { found.append("\(what): \(ours) instead of \(ansibles)") }
        }
        compare("groups", inventory.groups.map(\.name), groups.map(\.name))
        compare("hosts", inventory.hosts.map(\.name).sorted(), hosts.keys.sorted())
        for group in groups {
            let ours = inventory.group(group.name)?.hosts ?? []
            compare(
                "hosts of \(group.name)",
                group.ordered ? ours : ours.sorted(),
                group.ordered ? group.hosts : group.hosts.sorted()
            )
        }
        if let all = groups.first, all.ordered { compare("order", inventory.hosts.map(\.name), all.hosts) }
        for (name, host) in hosts.sorted(by: { $0.key < $1.key }) {
            guard let ours = inventory.host(name) else { continue }
            compare("problems of \(name)", ours.problems.map(\.description), [])
            compare("groups of \(name)", ours.groups, host.groups)
            compare("address of \(name)", ours.connection.address, host.host ?? name)
            compare("port of \(name)", ours.connection.port.map(String.init), host.port)
            compare("user of \(name)", ours.connection.user, host.remote_user)
            compare("key of \(name)", ours.connection.identityFile, host.private_key_file)
        }
        return found
    }
}
