internal import MTAPlan

/// Text that nobody can guess.
package enum Token {
    /// Two hexadecimal digits a byte, from the system's random number generator.
    package static func random(bytes count: Int) -> String {
        (0..<count).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal
    }
}
