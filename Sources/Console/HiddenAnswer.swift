internal import Dispatch
internal import Glibc
internal import Synchronization

/// An answer typed at a terminal that does not show it.
///
/// Whatever ends the question gives the terminal's echo back first: the answer, Ctrl-C, a signal from elsewhere, Ctrl-Z.
package enum HiddenAnswer {
    package enum Ending: Sendable, Equatable {
        case answered(String)
        /// stdin has ended.
        case nothing
        /// By this signal, which has done nothing else yet.
        case interrupted(Int32)
    }

    private static let turns = Turns()

    /// Reads a line from stdin, after `ask` has shown the question.
    ///
    /// One question is put at a time, whoever else asks.
    package static func read(asking ask: @escaping @Sendable () -> Void) async -> Ending {
        await turns.next { await answer(to: ask) }
    }

    private static func answer(to ask: @Sendable () -> Void) async -> Ending {
        let echo = Echo()
        let ends = AsyncStream.makeStream(of: Ending.self)
        let watch = SignalWatch(
            ending: { number in
                echo.on()
                ends.continuation.yield(.interrupted(number))
            },
            stopping: {
                echo.on()
                // SIGTSTP itself is taken by the watch.
                kill(getpid(), SIGSTOP)
            },
            goingOn: { echo.off() }
        )
        echo.off()
        ask()
        // Reading cannot be taken back: after a signal this thread waits on, and the program ends soon.
        DispatchQueue.global().async {
            let line = StandardInput.line()
            ends.continuation.yield(line.map { .answered($0) } ?? .nothing)
        }
        var ending = Ending.nothing
        for await first in ends.stream {
            ending = first
            break
        }
        echo.on()
        watch.end()
        return ending
    }
}

/// One thing after the other, in the order in which they were asked for.
private actor Turns {
    private var last: Task<HiddenAnswer.Ending, Never>?

    func next(_ body: @escaping @Sendable () async -> HiddenAnswer.Ending) async -> HiddenAnswer.Ending {
        let before = last
        let turn = Task {
            _ = await before?.value
            return await body()
        }
        last = turn
        return await turn.value
    }
}

/// The echo of the terminal on stdin, as it was found and off.
private final class Echo: Sendable {
    /// `nil` where stdin is not a terminal.
    private let found = Mutex<termios?>(nil)

    init() {
        var settings = termios()
        if unsafe tcgetattr(STDIN_FILENO, &settings) == 0 { found.withLock { $0 = settings } }
    }

    /// The line break that ends the answer is still shown.
    func off() {
        guard var settings = found.withLock({ $0 }) else { return }
        settings.c_lflag &= ~tcflag_t(ECHO)
        settings.c_lflag |= tcflag_t(ECHONL)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    }

    func on() {
        guard var settings = found.withLock({ $0 }) else { return }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }
}

/// Takes the signals that end or stop a program, until `end`.
private struct SignalWatch {
    private let sources: [any DispatchSourceSignal]
    private let before: [(Int32, sighandler_t?)]

    private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    init(
        ending: @escaping @Sendable (Int32) -> Void,
        stopping: @escaping @Sendable () -> Void,
        goingOn: @escaping @Sendable () -> Void
    ) {
        let actions =
            Self.ending.map { number in (number, { @Sendable in ending(number) }) }
            + [(SIGTSTP, stopping), (SIGCONT, goingOn)]
        let beginnings = DispatchGroup()
        var sources: [any DispatchSourceSignal] = []
        var before: [(Int32, sighandler_t?)] = []
        for (number, action) in actions {
            before.append((number, signal(number, SIG_IGN)))
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: action)
            beginnings.enter()
            source.setRegistrationHandler { beginnings.leave() }
            source.resume()
            sources.append(source)
        }
        // A signal that comes before that would be lost.
        beginnings.wait()
        self.sources = sources
        self.before = before
    }

    /// Who took the signals before takes them again.
    func end() {
        for source in sources { source.cancel() }
        for (number, handler) in before { signal(number, handler) }
    }
}
