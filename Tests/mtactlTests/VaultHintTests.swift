import ArgumentParser
import Foundation
import MTAPlan
import Subprocess
import SystemPackage
import Testing

@testable import mtactl

/// What a hint says to write for a password in a vault gives the password, as it is written.
@Suite(.enabled(if: Oracle.isHere, "ansible-core is not here, so no hint is tried: run Tests/Oracle/setup"))
struct VaultHintTests {
    @Test(arguments: ["vault_sudo: geheim", "vault_sudo: \"geheim\"", "other: 1\nvault_sudo: geheim\nmore: 2"])
    func `a template of a value in an encrypted file`(text: String) async throws {
        try await withVault { vault in
            try vault.write(
                "group_vars/all/vars.yml",
                "ansible_become: yes\nansible_become_password: '{{ vault_sudo }}'\n"
            )
            try vault.write("group_vars/all/vault.yml", text + "\n")
            _ = try await vault.ansible(["encrypt", vault.path("group_vars/all/vault.yml")])
            #expect(try await vault.hinted() == "geheim")
        }
    }

    @Test func `a value that is encrypted by itself`() async throws {
        try await withVault { vault in
            let value = try await vault.ansible(["encrypt_string", "geheim", "--name", "ansible_become_password"])
            try vault.write("group_vars/all.yml", "ansible_become: yes\n\(value)\nmore: 1\n")
            #expect(try await vault.hinted() == "geheim")
        }
    }

    private func withVault(_ body: (Vault) async throws -> Void) async throws {
        let vault = Vault(
            folder: FileManager.default.temporaryDirectory.appending(path: "mtactl-\(UUID().uuidString)").path
        )
        defer { try? FileManager.default.removeItem(atPath: vault.folder) }
        try vault.write("hosts", "mx1\n")
        try vault.write("password", "pw\n")
        try await body(vault)
    }
}

/// A folder with an inventory, and ansible-vault with its password.
private struct Vault {
    let folder: String

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        let file = URL(filePath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func ansible(_ words: [String]) async throws -> String {
        try await ran("\(Oracle.programs)/ansible-vault", words)
    }

    /// What the command prints that the hint names.
    func hinted() async throws -> String {
        var reader = InventoryReader()
        let inventory = try await reader.inventory(
            InventoryOptions.parse(["-i", path("hosts")]),
            nil,
            playbookFolder: nil
        )
        let hint = try #require(inventory.host("mx1")?.withheld[.become]?.hint)
        let command = try #require(hint.firstRange(of: "`become-password: command:"))
        let words = try #require(ShellWords.split(String(hint[command.upperBound...].dropLast())))
        return try await ran("/usr/bin/env", words).trimmingCharacters(in: .newlines)
    }

    private func ran(_ program: String, _ words: [String]) async throws -> String {
        let result = try await run(
            .path(FilePath(program)),
            arguments: Arguments(words),
            environment: .inherit.updating([
                "PATH": "\(Oracle.programs):/usr/bin:/bin", "ANSIBLE_VAULT_PASSWORD_FILE": path("password"),
            ]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }
}
