import ArgumentParser
import MTAApply
import SSH

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what this machine has: libssh2 and its algorithms, agent, keys, known_hosts, ssh_config.",
        discussion: ExitStatus.help((.done, "shown"))
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
        let here = await SSHEnvironment.found()
        terminal.show([
            "ssh          \(here.ssh ?? "none: `transport: openssh` and ssh_config need it")",
            "agent        \(here.agent)", "keys         \(here.keys)", "known_hosts  \(here.knownHosts)",
            "ssh_config   \(here.configuration)",
        ])
    }
}
