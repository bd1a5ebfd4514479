/// Addresses and networks of IPv4; one of IPv6 is none of them.
struct EximAddressList {
    let items: [String]

    init(_ text: String) { items = EximDomainList.split(text) }

    func contains(_ address: String) -> Bool? {
        guard let number = Self.number(address) else { return address.isEmpty ? false : nil }
        return items.contains { item in
            let parts = item.split(separator: "/")
            guard let network = parts.first.flatMap({ Self.number(String($0)) }) else { return false }
            let bits = parts.count > 1 ? Int(parts[1]) ?? 32 : 32
            guard (0...32).contains(bits) else { return false }
            let mask = bits == 0 ? 0 : UInt32.max << (32 - bits)
            return number & mask == network & mask
        }
    }

    private static func number(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".").map { UInt8($0) }
        guard parts.count == 4, !parts.contains(nil) else { return nil }
        return parts.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
    }
}
