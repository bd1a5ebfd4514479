package import Foundation
internal import MTAPlan

/// One `apply` or `rollback` over a fleet: `20261121T184002Z-7f3a`.
package struct RunID: Sendable, Hashable {
    /// Of two runs, the later one's text sorts later: by it a host tells its newest run.
    package let text: String
    /// `anna@laptop`, for the lock on hosts.
    package let startedBy: String

    /// A run that is resumed.
    ///
    /// - Returns: `nil` where this is no run's name.
    package init?(resuming text: String, by person: String) {
        guard Self.isName(text) else { return nil }
        (self.text, startedBy) = (text, person)
    }

    /// Whether this is what a run can be called.
    package static func isName(_ text: some StringProtocol) -> Bool {
        let pattern = Array("00000000T000000Z-xxxx")
        return text.count == pattern.count
            && zip(text, pattern).allSatisfy { character, kind in
                switch kind {
                case "0": character.isASCII && character.isNumber
                case "x": character.isHexDigit && !character.isUppercase
                default: character == kind
                }
            }
    }

    /// When a run of this name began, as RFC 3339 has it; `nil` if it is not a run's name.
    static func start(of name: String) -> String? {
        guard isName(name) else { return nil }
        let digits = Array(name)
        let part = { (range: Range<Int>) in String(digits[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
    }

    /// `process`: A number that tells the processes of a machine, and machines, apart: of two that are started together,
    /// the time may be the same.
    ///
    /// Of the four hexadecimal digits, the first ten bits count 1024ths of the second, so runs of one second keep their
    /// order; the last six are the process's.
    package init(startedAt time: Date, by person: String, process: Int32 = 0) {
        let seconds = time.timeIntervalSince1970.rounded(.down)
        let fraction = UInt16((time.timeIntervalSince1970 - seconds) * 1024) << 6 | UInt16(process & 63)
        text = "\(Timestamp.compact(time))-\([UInt8(fraction >> 8), UInt8(fraction & 0xFF)].hexadecimal)"
        startedBy = person
    }
}
