/// What goes wrong while a host is changed: a row of the table in `docs/faults.md`.
enum Fault: String, Sendable, Codable, CaseIterable {
    case agentKilled = "kill -9 of the agent"
    case controllerKilled = "kill -9 of mtactl"
    case connectionReset = "connection reset"
    case connectionSilent = "packets dropped"
    case sshdRestarted = "sshd restarted"
    case backupsFull = "no room for backups"
    case configurationFull = "no room beside the configuration"
    case hostTerminated = "SIGTERM to every process, then a boot"
    case powerCut = "power cut, then a boot"
    case daemonKilled = "kill -9 of the mail server"
    case commandFailing = "a check, index, reload or health command fails"
    case commandHanging = "one of them hangs"

    /// The lines before which it is tried, of those of a transaction that nothing happens to.
    func points(in lines: [String]) -> [Int] {
        switch self {
        case .agentKilled, .controllerKilled, .connectionReset, .connectionSilent, .sshdRestarted, .backupsFull,
            .configurationFull, .hostTerminated, .powerCut:
            return Array(lines.indices)
        case .daemonKilled:
            // Not after the last look at it, which comes just before the confirmation.
            let lastLook = lines.lastIndex(where: FaultPoint.isLook)
            return lines.indices.drop { lines[$0] != "done swap" }.filter { $0 != lastLook }
        case .commandFailing, .commandHanging:
            // What `says` runs has no limit of its own: where it hangs, the dead-man switch ends it.
            let commands =
                ["done check", "done build", "done run", "done prints"] + (self == .commandFailing ? ["done says"] : [])
            return lines.indices.dropLast().filter { commands.contains(lines[$0 + 1]) }
        }
    }

    /// What may become of a host, as mtactl's outcomes have it, where it happens at this point.
    ///
    /// `refused` is for hosts on which no file was touched. Where mtactl lost the host it says `rolled-back` of these,
    /// too: the host has put itself back, and that is all that it tells.
    func outcomes(at point: FaultPoint) -> Set<String> {
        let told: Set<String> = point.isAfterSwap ? ["rolled-back"] : ["refused"]
        let undone = told.union(["rolled-back"])
        return switch self {
        case .sshdRestarted: ["committed"]
        // There may be room for the little that is still to be written.
        case .backupsFull, .configurationFull: undone.union(["committed"])
        // A panel's rebuild starts it again.
        case .daemonKilled: ["committed", "rolled-back"]
        case .controllerKilled, .connectionReset, .connectionSilent:
            point.isConfirmed ? ["committed"] : point.isConfirming ? undone.union(["committed"]) : undone
        case .agentKilled, .hostTerminated, .powerCut: point.isConfirmed ? ["committed"] : undone
        case .commandFailing, .commandHanging: told
        }
    }

    /// How long until the dead-man switch puts the host back: soon only where that is waited for.
    var secondsToRevert: Int { self == .agentKilled ? 40 : 900 }
}

// MARK: On the host, as lines of sh

extension Fault {
    /// Before the transaction.
    func preparation(for server: FaultyServer) -> String? {
        switch self {
        case .backupsFull: "mkdir -p /var/backups && mount -t tmpfs -o mode=755,size=4m tmpfs /var/backups"
        case .configurationFull:
            """
            rm -rf /fault/copy && cp -a \(server.folder) /fault/copy &&
            mount -t tmpfs -o mode=755,size=16m tmpfs \(server.folder) && cp -a /fault/copy/. \(server.folder)
            """
        default: nil
        }
    }

    /// While the transaction is stopped.
    func action(for server: FaultyServer, agent: Int) -> String {
        switch self {
        case .agentKilled: "kill -9 \(agent)"
        case .sshdRestarted: "systemctl restart ssh"
        case .backupsFull: "cat /dev/zero >/var/backups/ballast 2>/dev/null; true"
        case .configurationFull: "cat /dev/zero >\(server.folder)/ballast 2>/dev/null; true"
        // As systemd does it.
        case .hostTerminated: "kill -TERM -1; kill -CONT -1; true"
        case .daemonKilled: server.killDaemon
        case .commandFailing: "echo false >/run/gate/instead"
        case .commandHanging: "echo 'sleep 10000' >/run/gate/instead"
        case .controllerKilled, .connectionReset, .connectionSilent, .powerCut: "true"
        }
    }

    /// When the host has come to rest.
    func mending(for server: FaultyServer, isConfirmed: Bool) -> String? {
        switch self {
        case .backupsFull: "rm -f /var/backups/ballast"
        case .configurationFull: "rm -f \(server.folder)/ballast"
        // The run was over: this is not its doing.
        case .daemonKilled where isConfirmed: server.startDaemon
        default: nil
        }
    }

    /// When everything was looked at.
    func cleaning(for server: FaultyServer) -> String? {
        switch self {
        case .backupsFull: "umount /var/backups"
        case .configurationFull: "umount -l \(server.folder)"
        default: nil
        }
    }
}

/// One transaction on one host with one fault in it.
struct FaultPoint: Sendable, CustomStringConvertible {
    var fault: Fault
    /// As the gate takes it: a number or `confirm`.
    var stop: String
    /// Whether a file has been put in its place by then.
    var isAfterSwap: Bool
    /// Whether the confirmation has been sent: together with the last look at the daemon, which comes just before it.
    ///
    /// Then it is the host's to take it or not, and what it says is what it must be.
    var isConfirming: Bool
    /// The line that was held back; `nil` where the transaction never came so far.
    var line: String?

    var description: String { "\(fault.rawValue) at line \(stop), \(line ?? "which never came")" }

    var isConfirmed: Bool { line == "done confirm" }

    /// Whether the line may tell of a look at the daemon.
    static func isLook(_ line: String) -> Bool { line == "done run" || line == "done lives" }

    static func all(of fault: Fault, in lines: [String]) -> [FaultPoint] {
        let swap = lines.firstIndex { $0.hasPrefix("step swapped ") } ?? lines.endIndex
        return fault.points(in: lines).map { index in
            let stop = index == lines.indices.last ? "confirm" : "\(index)"
            let isConfirming = isLook(lines[index]) && index + 1 == lines.indices.last
            return FaultPoint(fault: fault, stop: stop, isAfterSwap: index >= swap, isConfirming: isConfirming)
        }
    }
}
