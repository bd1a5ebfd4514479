import Foundation

/// How much of what the laws are about is looked at.
package enum Laws {
    /// Everything, as `make laws` asks for with `MTACTL_LAWS=all`; else a sample, the same in each run.
    package static let areFull = ProcessInfo.processInfo.environment["MTACTL_LAWS"] == "all"
}
