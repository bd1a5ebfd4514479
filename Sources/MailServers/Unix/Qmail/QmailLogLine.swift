/// One line of qmail-send's log, whatever is before its own part: multilog's TAI64N, syslog's and splogger's times.
///
/// Any bytes may come: what does not fit is not a line, and nothing else happens.
///
/// Source: qmail-log(5); todo_do, del_start and del_dochan in qmail-send.c of notqmail 1.09.
enum QmailLogLine: Sendable, Equatable {
    /// `info msg N: bytes B from <S> qp Q uid U`
    case message(number: String, byteCount: Int, from: String)
    /// `starting delivery D: msg N to remote R`
    case starting(delivery: String, number: String, channel: Channel, to: String)
    /// `delivery D: success: TEXT`
    case report(delivery: String, Report, text: String)

    enum Channel: String, Sendable { case local, remote }
    enum Report: String, Sendable { case success, failure, deferral }

    init?(_ line: String) {
        if let rest = line.rest(after: "info msg "), let message = Self.message(rest) {
            self = message
        } else if let rest = line.rest(after: "starting delivery "), let starting = Self.starting(rest) {
            self = starting
        } else if let rest = line.rest(after: "delivery "), let report = Self.report(rest) {
            self = report
        } else {
            return nil
        }
    }

    private static func message(_ rest: Substring) -> QmailLogLine? {
        guard let number = rest.digits, let more = rest.dropFirst(number.count).rest(from: ": bytes "),
            let bytes = more.digits, let count = Int(bytes),
            let from = more.dropFirst(bytes.count).rest(from: " from <"),
            let end = from.ranges(of: "> qp ").last
        else { return nil }
        return .message(number: number, byteCount: count, from: String(from[..<end.lowerBound]))
    }

    private static func starting(_ rest: Substring) -> QmailLogLine? {
        guard let delivery = rest.digits, let more = rest.dropFirst(delivery.count).rest(from: ": msg "),
            let number = more.digits, let to = more.dropFirst(number.count).rest(from: " to ")
        else { return nil }
        let words = to.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let channel = Channel(rawValue: String(words[0])) else { return nil }
        return .starting(delivery: delivery, number: number, channel: channel, to: String(words[1]))
    }

    private static func report(_ rest: Substring) -> QmailLogLine? {
        guard let delivery = rest.digits, let more = rest.dropFirst(delivery.count).rest(from: ": ") else { return nil }
        guard let colon = more.firstRange(of: ": "), let report = Report(rawValue: String(more[..<colon.lowerBound]))
        else { return nil }
        return .report(delivery: delivery, report, text: String(more[colon.upperBound...]))
    }
}

extension String {
    /// What follows these words, where they begin the line or are after a blank.
    fileprivate func rest(after words: String) -> Substring? {
        if hasPrefix(words) { return dropFirst(words.count) }
        return firstRange(of: " " + words).map { self[$0.upperBound...] }
    }
}

extension Substring {
    fileprivate var digits: String? {
        let digits = prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : String(digits)
    }

    fileprivate func rest(from words: String) -> Substring? {
        hasPrefix(words) ? dropFirst(words.count) : nil
    }
}
