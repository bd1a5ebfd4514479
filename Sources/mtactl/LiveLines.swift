import Console
import Foundation
import MTAApply
import Synchronization

/// The last lines of the terminal on stderr, which change during a run.
///
/// All that is printed meanwhile goes above them (`Terminal`), so what has been said stays.
final class LiveLines: Sendable {
    /// The one that is on, if any is.
    static let current = Mutex<LiveLines?>(nil)

    private struct State {
        var view = LiveView()
        /// How many lines are on the terminal.
        var drawn = 0
    }

    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    private init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// Begins to show them, where stderr is a terminal that can.
    static func begin(write: @escaping @Sendable (String) -> Void) -> LiveLines? {
        let environment = ProcessInfo.processInfo.environment
        guard TerminalSize.ofErrors != nil, let kind = environment["TERM"], !["", "dumb"].contains(kind) else {
            return nil
        }
        let lines = LiveLines(write: write)
        current.withLock { $0 = lines }
        return lines
    }

    func change(_ body: (inout LiveView) -> Void) {
        state.withLock { state in
            erase(&state)
            body(&state.view)
            draw(&state)
        }
    }

    /// Prints something above them.
    func around(_ body: () -> Void) {
        state.withLock { state in
            erase(&state)
            body()
            draw(&state)
        }
    }

    /// Takes them away, for good.
    func end() {
        Self.current.withLock { $0 = nil }
        state.withLock { erase(&$0) }
    }

    private func erase(_ state: inout State) {
        if state.drawn > 0 { write("\u{1B}[\(state.drawn)A\u{1B}[J") }
        state.drawn = 0
    }

    private func draw(_ state: inout State) {
        guard let size = TerminalSize.ofErrors else { return }
        let lines = state.view.lines(columns: size.columns, rows: size.rows)
        state.drawn = lines.count
        if !lines.isEmpty { write(lines.map { $0 + "\n" }.joined()) }
    }
}
