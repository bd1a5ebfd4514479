import ArgumentParser
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
        terminal.show("mtactl       \(MTACtl.version)\nlibssh2      \(able.libssh2)\n")
        for kind in able.offered {
            let name = kind.name + String(repeating: " ", count: max(1, 13 - kind.name.count))
            terminal.show("\(name)\(kind.algorithms.joined(separator: " "))\n")
        }
        for limit in able.limits { terminal.show("cannot       \(limit.problem)\n  hint: \(limit.hint)\n") }
        let here = await Surroundings.found()
        terminal.show("ssh          \(here.ssh ?? "none: `transport: openssh` and ssh_config need it")\n")
        terminal.show("agent        \(here.agent)\nkeys         \(here.keys)\n")
        terminal.show("known_hosts  \(here.knownHosts)\nssh_config   \(here.configuration)\n")
    }
}
