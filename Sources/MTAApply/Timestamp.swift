package import Foundation

/// A time in the forms that mtactl writes.
package enum Timestamp {
    /// `Sat, 21 Nov 2026 18:40:02 +0000` (RFC 5322, section 3.3).
    package static func mail(_ time: Date) -> String {
        // By strftime(3), whose names of days are English until a program calls setlocale(3): a `DateFormatter` for
        // each host takes longer than its plan.
        var seconds = time_t(time.timeIntervalSince1970.rounded(.down))
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let length = unsafe strftime(&text, 64, "%a, %d %b %Y %H:%M:%S +0000", &parts)
        return String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// `20261121T184002Z`, for the name of a run.
    package static func compact(_ time: Date) -> String {
        time.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }
}
