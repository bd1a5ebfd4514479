internal import Glibc

/// How much room a terminal has.
package struct TerminalSize: Sendable, Equatable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
    }

    /// Of the terminal on stderr; `nil` where there is none.
    package static var ofErrors: TerminalSize? {
        var size = winsize()
        guard isatty(STDERR_FILENO) == 1, unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        // Some say nothing of it, as over a serial line.
        return TerminalSize(
            columns: size.ws_col == 0 ? 80 : Int(size.ws_col),
            rows: size.ws_row == 0 ? 24 : Int(size.ws_row)
        )
    }
}
