package import Foundation

/// A time in the forms that mtactl writes.
///
/// In UTC, and without a `DateFormatter`, whose making takes longer than a host's plan.
package enum Timestamp {
    /// `Sat, 21 Nov 2026 18:40:02 +0000` (RFC 5322, section 3.3).
    package static func mail(_ time: Date) -> String {
        let fields = time.formatted(.iso8601).split { "-T:Z".contains($0) }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = Int(fields[1]).map { names[$0 - 1] } ?? ""
        // The first of January 1970 was a Thursday.
        let days = Int((time.timeIntervalSince1970 / 86_400).rounded(.down))
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7 + 7) % 7]
        return "\(weekday), \(fields[2]) \(month) \(fields[0]) \(fields[3]):\(fields[4]):\(fields[5]) +0000"
    }

    /// `20261121T184002Z`, for the name of a run.
    package static func compact(_ time: Date) -> String {
        time.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }
}
