/// Numbers as Ansible reads them: YAML 1.1's notations, and text that is a decimal number.
///
/// Source: YAML 1.1, “integer language-independent type”; ansible-core 2.19, `config/manager.py`, `ensure_type`.
enum AnsibleNumber {
    static func integer(_ node: YAMLNode) -> Int? {
        switch node.content {
        case .plain(let text): plain(text) ?? decimal(text)
        case .quoted(let text): decimal(text)
        case .list, .mapping: nil
        }
    }

    private static func plain(_ text: String) -> Int? {
        let isNegative = text.hasPrefix("-")
        let digits = (isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]).replacing("_", with: "")
        let radices = [("0x", 16), ("0b", 2), ("0", 8)]
        guard let (prefix, radix) = radices.first(where: { digits.hasPrefix($0.0) && digits.count > $0.0.count }),
            let value = Int(digits.dropFirst(prefix.count), radix: radix)
        else { return nil }
        return isNegative ? -value : value
    }

    private static func decimal(_ text: String) -> Int? {
        let text = text.filter { !$0.isWhitespace }.replacing("_", with: "")
        if let value = Int(text) { return value }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            let value = Double(text), value == value.rounded(), abs(value) < 1e15
        else { return nil }
        return Int(value)
    }
}
