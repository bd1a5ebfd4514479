/// The digits of pi, by Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239).
enum Pi {
    /// The first words behind the point.
    static func fraction(words count: Int) -> [UInt32] {
        // Two words more than wanted take up the rounding of some fifteen thousand divisions.
        let five = arctangent(ofOneOver: 5, words: count + 3)
        let other = arctangent(ofOneOver: 239, words: count + 3)
        var sum = [UInt32](repeating: 0, count: count + 3)
        for _ in 0..<16 { add(five, to: &sum) }
        for _ in 0..<4 { subtract(other, from: &sum) }
        return Array(sum[1...count])
    }

    /// A number whose whole part is in the first word.
    private static func arctangent(ofOneOver x: UInt32, words: Int) -> [UInt32] {
        var power = [UInt32](repeating: 0, count: words)
        power[0] = 1
        divide(&power, by: x, from: 0)
        var sum = power
        var divisor: UInt32 = 1
        // The digits before this one are zero by now and need no work.
        var start = 0
        while true {
            divide(&power, by: x * x, from: start)
            while start < words, power[start] == 0 { start += 1 }
            guard start < words else { return sum }
            divisor += 2
            var term = power
            divide(&term, by: divisor, from: start)
            if divisor % 4 == 1 { add(term, to: &sum) } else { subtract(term, from: &sum) }
        }
    }

    private static func divide(_ number: inout [UInt32], by divisor: UInt32, from start: Int) {
        var remainder: UInt32 = 0
        for index in start..<number.count {
            (number[index], remainder) = divisor.dividingFullWidth((remainder, number[index]))
        }
    }

    private static func add(_ number: [UInt32], to sum: inout [UInt32]) {
        var carry: UInt64 = 0
        for index in sum.indices.reversed() {
            carry += UInt64(sum[index]) + UInt64(number[index])
            sum[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
    }

    private static func subtract(_ number: [UInt32], from sum: inout [UInt32]) {
        var borrow: Int64 = 0
        for index in sum.indices.reversed() {
            borrow += Int64(sum[index]) - Int64(number[index])
            sum[index] = UInt32(truncatingIfNeeded: borrow)
            borrow >>= 32
        }
    }
}
