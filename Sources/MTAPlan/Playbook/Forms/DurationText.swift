/// Durations as people write them: `90s`, `2m`, `1h30m`.
package enum DurationText {
    /// - Throws: Unless the text is numbers with `d`, `h`, `m` or `s`, the larger unit first, and at most 7 days.
    package static func duration(_ text: String) throws(Failure) -> Duration {
        do throws(TextForm.Fault) { return try parse(text) } catch {
            throw Failure("`\(text.shortened)` \(error.problem)", hint: error.hint)
        }
    }

    static func parse(_ text: String) throws(TextForm.Fault) -> Duration {
        let hint = Int(text) == nil ? "write `90s`, `2m` or `1h30m`" : "write `\(text)s` for seconds"
        let wrong = TextForm.Fault("is not a duration", hint: hint)
        var rest = text[...]
        var seconds = 0
        var last = Int.max
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Int(digits), number <= 1_000_000, let unit = rest.popFirst().flatMap(size), unit < last
            else { throw wrong }
            last = unit
            seconds += number * unit
        } while !rest.isEmpty
        guard seconds <= 7 * 86_400 else { throw TextForm.Fault("is longer than a week") }
        return .seconds(seconds)
    }

    private static func size(_ unit: Character) -> Int? {
        switch unit {
        case "d": 86_400
        case "h": 3_600
        case "m": 60
        case "s": 1
        default: nil
        }
    }
}

extension RolloutPolicy.Amount {
    /// A percentage: `10%`.
    static func parsePercentage(_ text: String) throws(TextForm.Fault) -> RolloutPolicy.Amount {
        guard text.hasSuffix("%"), let number = Int(text.dropLast()), text.first != "+", (0...100).contains(number)
        else {
            throw TextForm.Fault(
                "is not an amount",
                hint: "write a number of hosts, or a percentage from `0%` to `100%`"
            )
        }
        return .percent(number)
    }
}
