package import MTAPlan

/// What a program has printed and nobody has read yet: little, as who prints more waits until some was read.
package actor Inbox {
    private var outputs: [ShellOutput] = []
    private var state = State.open
    private var reader: CheckedContinuation<Void, Never>?
    private var writers: [CheckedContinuation<Void, Never>] = []

    private enum State {
        case open
        /// Nothing more comes; what is here can be read still.
        case ended
        /// Nobody reads any more; what comes is thrown away.
        case closed
    }

    /// How many pieces may lie here: of a pipe's 64 KiB each, a mebibyte.
    private static let room = 16

    package init() {}

    package func put(_ output: ShellOutput) async {
        while outputs.count >= Self.room, state == .open { await withCheckedContinuation { writers.append($0) } }
        guard state == .open else { return }
        outputs.append(output)
        wake()
    }

    package func end() {
        if state == .open { state = .ended }
        wake()
    }

    package func close() {
        state = .closed
        outputs = []
        wake()
    }

    /// The next piece; `nil` at the end.
    ///
    /// - Throws: When there is none for so long.
    package func next(within patience: Duration) async throws(Failure) -> ShellOutput? {
        let end = ContinuousClock.now + patience
        while outputs.isEmpty, state == .open, ContinuousClock.now < end {
            let alarm = Task {
                try await Task.sleep(until: end)
                wake()
            }
            await withCheckedContinuation { reader = $0 }
            alarm.cancel()
        }
        if !outputs.isEmpty {
            let next = outputs.removeFirst()
            wake()
            return next
        }
        guard state == .open else { return nil }
        throw Failure("there was no answer for \(patience.components.seconds) s")
    }

    private func wake() {
        reader?.resume()
        reader = nil
        for writer in writers { writer.resume() }
        writers = []
    }
}
