package import Foundation
internal import MTAPlan

/// One `apply` or `rollback` over a fleet: `20261121T184002Z-7f3a`.
package struct RunID: Sendable, Hashable {
    /// Of two runs, the later one's text sorts later: by it a host tells its newest run.
    package let text: String
    /// `anna@laptop`, for the lock on hosts.
    package let startedBy: String

    /// The four hexadecimal digits count 65536ths of the second, so runs of one second keep their order.
    package init(startedAt time: Date, by person: String) {
        let seconds = time.timeIntervalSince1970.rounded(.down)
        let fraction = UInt16((time.timeIntervalSince1970 - seconds) * 65536)
        text = "\(Timestamp.compact(time))-\([UInt8(fraction >> 8), UInt8(fraction & 0xFF)].hexadecimal)"
        startedBy = person
    }
}
