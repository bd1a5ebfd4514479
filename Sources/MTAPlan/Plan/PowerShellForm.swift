/// How the values of an object's property are compared: each form has one text for all values that mean the same.
///
/// Live and deserialised objects, several versions and several languages of Windows write one value in several ways.
package enum PowerShellForm: String, Sendable, Hashable, Codable {
    /// As it is; a list in its order.
    case exact
    case caseless
    /// Host names and addresses in any order; addresses may be in brackets.
    case hosts
    /// `Type:Space;Cost`, in any order; the type is SMTP and the cost 1 where they are missing.
    case addressSpaces
    /// Servers in any order, each by its short name: `EX01`, `ex01.example.com`, `CN=EX01,…`, `…/Servers/EX01`.
    case servers
    /// `50 MB (52,428,800 bytes)`, with the separators of any language; `unlimited`.
    case bytes
    /// `00:10:00` or `1.00:00:00`: seconds.
    case seconds

    /// The text of the values that is compared; `nil` where there are none.
    package func canonical(_ value: PowerShellObject.Value) -> String? {
        switch value {
        case .nothing: nil
        case .text(let text): canonical([text])
        case .list(let texts): canonical(texts)
        }
    }

    private func canonical(_ texts: [String]) -> String? {
        let texts = texts.filter { !$0.isEmpty }
        if texts.isEmpty { return nil }
        return elements(of: texts).joined(separator: ", ")
    }

    /// One text for each element, in an order that tells nothing unless the form has one.
    package func elements(of texts: [String]) -> [String] {
        switch self {
        case .exact: texts
        case .caseless: texts.map { $0.lowercased() }
        case .hosts: Set(texts.map(Self.host)).sorted()
        case .addressSpaces: Set(texts.map(Self.addressSpace)).sorted()
        case .servers: Set(texts.map(Self.server)).sorted()
        case .bytes: texts.map(Self.bytes)
        case .seconds: texts.map(Self.seconds)
        }
    }

    private static func host(_ text: String) -> String {
        let text = text.trimmingPrefix("[")
        return String(text.hasSuffix("]") ? text.dropLast() : text).lowercased()
    }

    private static func addressSpace(_ text: String) -> String {
        let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let typed = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let type = typed.count == 2 ? typed[0].uppercased() : "SMTP"
        let cost = parts.count == 2 ? Int(parts[1].trimmingBlanks) : 1
        return "\(type):\(typed[typed.count - 1].lowercased());\(cost.map(String.init) ?? String(parts[1]))"
    }

    private static func server(_ text: String) -> String {
        var name = text[...]
        if name.uppercased().hasPrefix("CN=") {
            name = name.dropFirst(3).prefix { $0 != "," }
        } else if let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last {
            name = last
        }
        return name.prefix { $0 != "." }.uppercased()
    }

    private static func bytes(_ text: String) -> String {
        if let open = text.lastIndex(of: "("), let close = text[open...].firstIndex(of: ")") {
            return String(text[open..<close].filter { $0.isASCII && $0.isNumber })
        }
        return text.lowercased()
    }

    private static func seconds(_ text: String) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let minutes = Int(parts[1]), let seconds = Int(parts[2].prefix { $0 != "." })
        else { return text }
        let head = parts[0].split(separator: ".").compactMap { Int($0) }
        guard let hours = head.last, head.count <= 2 else { return text }
        let days = head.count == 2 ? head[0] : 0
        let whole = [days, hours, minutes, seconds].allSatisfy { (0...1_000_000).contains($0) }
        return whole ? String(((days * 24 + hours) * 60 + minutes) * 60 + seconds) : text
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
