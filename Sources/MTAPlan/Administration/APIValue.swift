/// A value of an administration interface's JSON, with all that mtactl does not know of it.
package indirect enum APIValue: Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([APIValue])
    case object([String: APIValue])

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    package var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    package var list: [APIValue]? { if case .list(let values) = self { values } else { nil } }
    package var object: [String: APIValue]? { if case .object(let members) = self { members } else { nil } }

    /// A member of an object; `nil` if there is none, or it is not an object.
    package subscript(_ name: String) -> APIValue? { object?[name] }

    /// Whether a member of this name is anywhere in it.
    package func mentions(_ name: String) -> Bool {
        switch self {
        case .list(let values): values.contains { $0.mentions(name) }
        case .object(let members):
            members.contains { key, value in
                key.lowercased().contains(name) || value.mentions(name)
            }
        case .null, .flag, .integer, .number, .text: false
        }
    }
}

extension APIValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        func read<Value: Decodable>(_ make: (Value) -> APIValue) -> APIValue? {
            // A value that is not of one kind is of another.
            (try? container.decode(Value.self)).map(make)
        }
        if container.decodeNil() {
            self = .null
        } else if let value = read(APIValue.flag) ?? read(APIValue.integer) ?? read(APIValue.number) {
            self = value
        } else if let value = read(APIValue.text) ?? read(APIValue.list) {
            self = value
        } else {
            self = .object(try container.decode([String: APIValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

/// The result of a call.
package enum APIAnswer: Sendable, Hashable {
    case result(APIValue)
    /// As the interface words it.
    case failed(code: Int, message: String)

    package var result: APIValue? { if case .result(let value) = self { value } else { nil } }

    /// JSON-RPC 2.0, section 5.1: the method does not exist.
    package var isUnknownMethod: Bool { if case .failed(-32601, _) = self { true } else { false } }

    /// The message of a failure; `nil` if there is none.
    package var trouble: String? {
        if case .failed(_, let message) = self { Printable.line(message) } else { nil }
    }
}
