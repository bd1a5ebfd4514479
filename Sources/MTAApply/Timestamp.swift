internal import Foundation

/// The time now, in the forms that mtactl writes.
package enum Timestamp {
    /// `Sat, 21 Nov 2026 18:40:02 +0000` (RFC 5322, section 3.3).
    package static func mailDateNow() -> String { text("EEE, dd MMM yyyy HH:mm:ss '+0000'") }

    /// `20261121T184002Z`, for the name of a run.
    package static func compactNow() -> String { text("yyyyMMdd'T'HHmmss'Z'") }

    private static func text(_ format: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = format
        return formatter.string(from: Date())
    }
}
