/// What an expression of Exim's comes to for one message.
enum EximValue: Sendable, Hashable {
    case known(String)
    /// It ends in `fail`: what it is in is as if it were not there.
    case failed
    /// Whatever it is compared with: the port that a filter gives mail back to.
    case any
    /// It depends on what is not known here.
    case unknown

    var text: String? { if case .known(let text) = self { text } else { nil } }

    /// Whether a `condition` holds that comes to this; `nil` where it cannot be determined.
    ///
    /// Source: Exim specification, chapter 15, "condition": empty, `0`, `no` and `false` do not hold, nor does a failure.
    var holds: Bool? {
        switch self {
        case .known(let text):
            let word = text.trimmingBlanks.lowercased()
            return !["", "0", "no", "false"].contains(word)
        case .failed: return false
        case .any, .unknown: return nil
        }
    }

    static func + (a: EximValue, b: EximValue) -> EximValue {
        switch (a, b) {
        case (.known(let a), .known(let b)): .known(a + b)
        case (.known(""), let other), (let other, .known("")): other
        case (.failed, _), (_, .failed): .failed
        default: .unknown
        }
    }
}

/// Three-valued logic: `nil` where it cannot be determined.
enum EximTruth {
    static func and(_ values: [Bool?]) -> Bool? {
        if values.contains(false) { return false }
        return values.contains(nil) ? nil : true
    }

    static func or(_ values: [Bool?]) -> Bool? {
        if values.contains(true) { return true }
        return values.contains(nil) ? nil : false
    }

    /// The same value from either branch, or the one of the branch that is taken.
    static func choose(_ condition: Bool?, _ yes: EximValue, _ no: EximValue) -> EximValue {
        switch condition {
        case true?: yes
        case false?: no
        case nil: yes == no ? yes : .unknown
        }
    }
}
