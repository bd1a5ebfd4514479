import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

extension CommandContext {
    /// How many hosts at once the descriptors allow; warns where they are fewer than wanted.
    static func descriptorBudget(for hosts: [InventoryHost], _ shared: SharedOptions) throws -> DescriptorBudget {
        do throws(Failure) {
            let budget = try DescriptorBudget(for: hosts, atOnce: shared.parallel)
            if budget.atOnce < min(shared.parallel, hosts.count) {
                shared.terminal.say(
                    "warning: at most \(budget.limit) files can be open at once (`ulimit -n`), so only \(budget.atOnce) of \(hosts.count) hosts run at a time"
                )
            }
            return budget
        } catch {
            shared.terminal.complain(error)
            throw ExitCode(ExitStatus.notDone.rawValue)
        }
    }
}
