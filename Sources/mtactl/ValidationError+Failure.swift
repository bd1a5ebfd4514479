import ArgumentParser
import MTAPlan

extension ValidationError {
    /// What is wrong with the value of an option, with the hint where there is one.
    init(_ option: String, _ failure: Failure) {
        self.init("\(option): \(failure.problem)" + (failure.hint.map { "\n  hint: \($0)" } ?? ""))
    }
}
