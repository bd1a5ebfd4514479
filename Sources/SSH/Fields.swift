/// The fields of an SSH message or key, read from the front (RFC 4251, section 5).
///
/// `nil` where a field is cut short.
struct Fields {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(Array(bytes)) }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func uint32() -> UInt32? { bytes(4)?.reduce(0) { $0 << 8 | UInt32($1) } }

    mutating func string() -> [UInt8]? {
        let before = self
        guard let count = uint32(), let value = bytes(Int(count)) else {
            self = before
            return nil
        }
        return value
    }

    mutating func text() -> String? { string().map { String(decoding: $0, as: UTF8.self) } }

    /// The digits of a multiple precision integer that is not negative, without leading zeros.
    mutating func number() -> [UInt8]? { string().map { Array($0.drop { $0 == 0 }) } }

    /// A comma-separated list of names.
    mutating func names() -> [String]? { text()?.split(separator: ",").map(String.init) }
}

extension [UInt8] {
    mutating func append(field value: some Collection<UInt8>) {
        append(number: UInt32(value.count))
        append(contentsOf: value)
    }

    mutating func append(number value: UInt32) {
        append(contentsOf: [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)])
    }

    /// A number of any size, big-endian and not negative, as a multiple precision integer.
    mutating func append(unsigned value: some Collection<UInt8>) {
        let digits = Array(value.drop { $0 == 0 })
        append(field: (digits.first ?? 0) & 0x80 == 0 ? digits : [0] + digits)
    }
}
