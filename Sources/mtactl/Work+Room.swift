import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

extension Work {
    /// How many hosts at once there is room for; says so where they are fewer than wanted.
    static func room(for hosts: [InventoryHost], _ shared: SharedOptions) throws -> Room {
        do throws(Failure) {
            let room = try Room(for: hosts, atOnce: shared.parallel)
            if room.atOnce < min(shared.parallel, hosts.count) {
                shared.terminal.say(
                    "warning: no more than \(room.limit) files may be open at once (`ulimit -n`), so \(room.atOnce) of \(hosts.count) hosts at a time"
                )
            }
            return room
        } catch {
            shared.terminal.complain(error)
            throw ExitCode(ExitStatus.notDone.rawValue)
        }
    }
}
