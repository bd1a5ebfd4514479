internal import NIOConcurrencyHelpers

/// How many connections to one address may be between their start and their login.
///
/// sshd drops starts by chance from the tenth that has not logged in yet (sshd_config(5), MaxStartups 10:30:100), so a few less are
/// let through and the others wait. Where an address does not answer at all there is nothing to protect, and nobody waits.
final class StartGate: Sendable {
    static let shared = StartGate()
    static let atOnce = 8

    // Not the standard library's Mutex, whose lock the thread sanitizer does not see.
    private let places = NIOLockedValueBox<[String: Place]>([:])

    private struct Place {
        var starting = 0
        /// The last start found nobody there.
        var isSilent = false
        var queue: [CheckedContinuation<Void, Never>] = []
    }

    /// Waits for a turn; `leave` must follow.
    func enter(_ place: String) async {
        await withCheckedContinuation { continuation in
            let mayGo = places.withLockedValue { places in
                var there = places[place] ?? Place()
                defer { places[place] = there }
                guard there.starting < Self.atOnce || there.isSilent else {
                    there.queue.append(continuation)
                    return false
                }
                there.starting += 1
                return true
            }
            if mayGo { continuation.resume() }
        }
    }

    /// - Parameters:
    ///   - place: As it was entered.
    ///   - wasSilent: Whether nobody answered there.
    func leave(_ place: String, wasSilent: Bool) {
        let next = places.withLockedValue { places -> [CheckedContinuation<Void, Never>] in
            guard var there = places[place] else { return [] }
            there.starting -= 1
            there.isSilent = wasSilent
            let room = wasSilent ? there.queue.count : min(max(Self.atOnce - there.starting, 0), there.queue.count)
            let next = Array(there.queue.prefix(room))
            there.queue.removeFirst(room)
            there.starting += room
            places[place] = there.starting == 0 ? nil : there
            return next
        }
        for continuation in next { continuation.resume() }
    }

    /// How long to wait before a start that was dropped is tried again, for the n-th time: about twice as long each time.
    static func pause(before attempt: Int) -> Duration {
        .milliseconds(min(50 << min(attempt, 5), 1000)) * Double.random(in: 0.5...1.5)
    }
}
