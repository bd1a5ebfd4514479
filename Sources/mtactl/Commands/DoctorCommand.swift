import ArgumentParser
import Foundation
import MTAApply
import SSH

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "This machine: libssh2 and its algorithms, agent, keys, known_hosts, ssh_config.",
        discussion: ExitStatus.help((.done, "told"))
    )

    func run() async throws {
        let terminal = Terminal()
        let able = Capabilities.current
        terminal.show(["mtactl       \(MTACtl.version)", "libssh2      \(able.libssh2)"])
        for kind in able.offered {
            let name = kind.name + String(repeating: " ", count: max(1, 13 - kind.name.count))
            terminal.show("\(name)\(kind.algorithms.joined(separator: " "))")
        }
        for limit in able.limits { terminal.show(["cannot       \(limit.problem)", "  hint: \(limit.hint)"]) }
        terminal.show(surroundings)
    }

    private var surroundings: [String] {
        let home = NSHomeDirectory() + "/.ssh"
        let socket = ProcessInfo.processInfo.environment["SSH_AUTH_SOCK"] ?? ""
        let keys = ["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(home)/\($0)" }.filter(exists)
        return [
            "agent        "
                + (socket.isEmpty
                    ? "none (SSH_AUTH_SOCK is not set)" : exists(socket) ? socket : "\(socket) is not there"),
            "keys         " + (keys.isEmpty ? "none of ssh's usual ones in \(home)" : keys.joined(separator: " ")),
            "known_hosts  " + (exists("\(home)/known_hosts") ? "\(home)/known_hosts" : "none: every host is unknown"),
            "ssh_config   " + (exists("\(home)/config") ? "\(home)/config, read through `ssh -G`" : "none"),
        ]
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
