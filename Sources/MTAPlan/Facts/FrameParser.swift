/// What a program of ours prints on a host, taken apart as it comes in.
///
/// Lines that begin with `@NONCE ` are the program's own. Between the lines `@NONCE begin NAME` and `@NONCE end STATUS`
/// are raw bytes; the line break just before the latter is not one of them. Everything else, such as a login banner,
/// is skipped. The nonce is new for every program sent, so nothing that a host's files or logs hold can end a body.
///
/// Law: however the bytes are split over calls, the frames are the same.
package struct FrameParser: Sendable {
    /// The longest line of the program's own, in bytes.
    package static let longestLine = 64 << 10
    /// The longest body, in bytes.
    package static let longestBody = 16 << 20
    /// How much may be between frames, such as login banners, in bytes.
    package static let mostNoise = 1 << 20

    private let mark: [UInt8]
    private let bodyEnd: [UInt8]
    private let limit: Int

    private enum State {
        case betweenLines
        /// In a line that is not the program's own.
        case skippingLine
        case inBody(String)
    }
    private var state = State.betweenLines
    private var seenBytes = 0
    private var noiseBytes = 0
    /// From the start of the line or body that has not ended yet.
    private var pending: [UInt8] = []
    /// How many bytes of `pending` are known not to begin the end of it.
    private var searchedBytes = 0

    /// - Parameters:
    ///   - nonce: What was sent to the program as `N`.
    ///   - limit: How many bytes the program may print in all.
    package init(nonce: String, limit: Int) {
        mark = Array("@\(nonce) ".utf8)
        bodyEnd = Array("\n@\(nonce) end ".utf8)
        self.limit = limit
    }

    /// The frames that these bytes complete, in order.
    ///
    /// - Throws: When the program printed more than it may, in all or at a piece.
    package mutating func append(_ bytes: some Collection<UInt8>) throws(Failure) -> [Frame] {
        seenBytes += bytes.count
        guard seenBytes <= limit else { throw .tooMuch(limit, of: "in total") }
        pending.append(contentsOf: bytes)
        var frames: [Frame] = []
        var start = 0
        while let end = try step(from: start, into: &frames) { start = end }
        pending.removeFirst(start)
        return frames
    }

    /// Takes one line or body that begins at `start`; the index after it, or `nil` when it has not ended yet.
    private mutating func step(from start: Int, into frames: inout [Frame]) throws(Failure) -> Int? {
        if case .inBody(let name) = state {
            guard let (end, status, next) = endOfBody(from: start) else {
                guard pending.count - start <= Self.longestBody + bodyEnd.count else {
                    throw .tooMuch(Self.longestBody, of: "as `\(name)`")
                }
                return nil
            }
            guard end - start <= Self.longestBody else { throw .tooMuch(Self.longestBody, of: "as `\(name)`") }
            frames.append(.body(name: name, bytes: Array(pending[start..<end]), status: status))
            enter(.betweenLines)
            return next
        }
        guard let end = pending[(start + searchedBytes)...].firstIndex(of: UInt8(ascii: "\n")) else {
            return try unendedLine(from: start)
        }
        let line = pending[start..<end]
        if case .betweenLines = state, line.starts(with: mark) {
            guard line.count <= Self.longestLine else { throw .tooMuch(Self.longestLine, of: "in one line") }
            let words = line.dropFirst(mark.count)
            if words.starts(with: "begin ".utf8) {
                enter(.inBody(String(decoding: words.dropFirst("begin ".utf8.count), as: UTF8.self)))
                return end + 1
            }
            frames.append(.line(Self.words(of: words)))
        } else {
            try skip(end + 1 - start)
        }
        enter(.betweenLines)
        return end + 1
    }

    private static func words(of line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func enter(_ next: State) {
        state = next
        searchedBytes = 0
    }

    /// Waits for the rest of the program's own line; drops what there is of another one.
    private mutating func unendedLine(from start: Int) throws(Failure) -> Int? {
        let line = pending[start...]
        if case .betweenLines = state, line.starts(with: mark.prefix(line.count)) {
            guard line.count <= Self.longestLine else { throw .tooMuch(Self.longestLine, of: "in one line") }
            searchedBytes = line.count
            return nil
        }
        guard !line.isEmpty else { return nil }
        try skip(line.count)
        enter(.skippingLine)
        return pending.count
    }

    private mutating func skip(_ count: Int) throws(Failure) {
        noiseBytes += count
        guard noiseBytes <= Self.mostNoise else { throw .tooMuch(Self.mostNoise, of: "that was not asked for") }
    }

    /// Where the body ends, with which status, and where what follows begins.
    private mutating func endOfBody(from start: Int) -> (end: Int, status: Int, next: Int)? {
        var index = start + searchedBytes
        while let found = pending[index...].firstIndex(of: bodyEnd[0]) {
            let rest = pending[found...]
            guard rest.count > bodyEnd.count + Self.longestStatus || rest.dropFirst().contains(bodyEnd[0]) else {
                searchedBytes = found - start
                return nil
            }
            if rest.starts(with: bodyEnd), let (status, next) = status(at: found + bodyEnd.count) {
                return (found, status, next)
            }
            index = found + 1
        }
        searchedBytes = pending.count - start
        return nil
    }

    /// The digits up to the line break there.
    private func status(at start: Int) -> (Int, next: Int)? {
        let digits = pending[start...].prefix(Self.longestStatus + 1).prefix { $0 != UInt8(ascii: "\n") }
        guard digits.endIndex < pending.endIndex, pending[digits.endIndex] == UInt8(ascii: "\n"),
            digits.count <= Self.longestStatus, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let status = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return (status, digits.endIndex + 1)
    }

    /// Exit statuses have at most three digits.
    private static let longestStatus = 3
}

/// A piece of what a program of ours printed.
package enum Frame: Sendable, Hashable {
    /// A line of the program's own, without its mark: the words between single blanks, so that joining them with
    /// blanks gives the line again.
    case line([String])
    /// Bytes as they were, and how the command that printed them ended.
    case body(name: String, bytes: [UInt8], status: Int)
}

extension Failure {
    fileprivate static func tooMuch(_ limit: Int, of what: String) -> Failure {
        let size = limit >= 1 << 20 ? "\(limit >> 20) MiB" : limit >= 1 << 10 ? "\(limit >> 10) KiB" : "\(limit) bytes"
        return Failure("the host sent more than \(size) \(what)", hint: "check what its login shell prints")
    }
}
