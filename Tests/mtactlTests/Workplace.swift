import Foundation
import Subprocess
import SystemPackage

/// A folder of an operator's: an inventory, a playbook, a stand-in for `ssh`, and what a shell does there.
///
/// It goes with the test that made it.
final class Workplace: Sendable {
    let folder: String

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "mtactl-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(
            "relay.yml",
            "smarthosts: {a: {host: relay.example}}\nplays: [{hosts: all, routes: {default: a}}]\n"
        )
    }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// An inventory of hosts that nobody answers for.
    func writeUnreachable(hosts: Int) throws {
        let names = (1...hosts).map { "    host\($0).example: {address: 127.0.0.1, port: 1}" }
        try write("hosts.yml", "all:\n  hosts:\n\(names.joined(separator: "\n"))\n")
    }

    /// An inventory of hosts that `program` stands in for, in place of `ssh`.
    func writeStandIns(hosts: Int, program: String) throws {
        let names = (1...hosts).map { "    host\($0).example: {transport: openssh}" }
        try write("hosts.yml", "all:\n  hosts:\n\(names.joined(separator: "\n"))\n")
        try write("ssh", program, mode: 0o755)
    }

    /// A stand-in for `ssh` that runs here what the host would.
    static let here = """
        #!/bin/sh
        while [ "$1" != -- ]; do shift; done
        shift 2
        exec sh -c "$*"
        """

    /// Runs shell commands in the folder, where `$mtactl` is the built program and `ssh` the stand-in.
    ///
    /// - Returns: What they print on stdout and stderr, and the status of the last.
    func shell(_ script: String) async throws -> Program {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let result = try await run(
            .name("sh"),
            arguments: ["-c", script],
            environment: .inherit.updating([
                "COLUMNS": "80", "MTACTL_INVENTORY": "hosts.yml", "PATH": "\(folder):\(path)",
                "mtactl": "\(Program.root)/.build/debug/mtactl", "XDG_STATE_HOME": "\(folder)/state",
            ]),
            workingDirectory: FilePath(folder),
            output: .bytes(limit: 4 << 20),
            error: .bytes(limit: 4 << 20)
        )
        let status: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
        return Program(
            status: status,
            output: String(decoding: result.standardOutput, as: UTF8.self),
            errors: String(decoding: result.standardError, as: UTF8.self)
        )
    }
}
