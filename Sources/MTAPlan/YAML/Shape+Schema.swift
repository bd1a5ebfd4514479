extension Shape {
    /// The shape as a JSON Schema (2020-12).
    var schema: JSONValue { .object(members) }

    private var members: [(String, JSONValue)] {
        switch self {
        case .text(let form):
            [("type", .string("string")), ("minLength", .int(1))]
                + (form.pattern.map { [("pattern", .string($0))] } ?? [])
        case .choice(let words):
            [("type", .string("string")), ("enum", .array(words.map { .string($0.word) }))]
        case .boolean:
            [("type", .string("boolean"))]
        case .integer(let range):
            [("type", .string("integer")), ("minimum", .int(range.lowerBound))]
                + (range.upperBound == .max ? [] : [("maximum", .int(range.upperBound))])
        case .list(let shape, let atLeast):
            [("type", .string("array")), ("items", shape.schema)]
                + (atLeast == 0 ? [] : [("minItems", .int(atLeast))])
        case .record(let record):
            record.schemaMembers
        case .table(let keys, let values):
            [("type", .string("object"))]
                + (keys.pattern.map { [("propertyNames", .object([("pattern", .string($0))]))] } ?? [])
                + [("additionalProperties", values.schema)]
        case .either(let shapes):
            [("anyOf", .array(shapes.map(\.schema)))]
        case .anything:
            []
        case .null:
            [("type", .string("null"))]
        case .defined(let name):
            [("$ref", .string("#/$defs/\(name)"))]
        }
    }

    /// A whole schema document; `definitions` are what `.defined` refers to.
    func document(title: String, note: String, definitions: [(String, Shape)] = []) -> String {
        var members: [(String, JSONValue)] = [
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string(title)),
            ("description", .string(note)),
        ]
        members += self.members
        if !definitions.isEmpty { members.append(("$defs", .object(definitions.map { ($0.0, $0.1.schema) }))) }
        return JSONValue.object(members).indented() + "\n"
    }
}

extension Record {
    fileprivate var schemaMembers: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [
            ("type", .string("object")),
            ("properties", .object(keys.map { ($0.name, $0.schema) })),
        ]
        if !isOpen { members.append(("additionalProperties", .bool(false))) }
        let required = keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { members.append(("required", .array(required.map { .string($0) }))) }
        if !rules.isEmpty { members.append(("allOf", .array(rules.map(\.schema)))) }
        return members
    }
}

extension Record.Rule {
    fileprivate var schema: JSONValue {
        switch self {
        case .notBoth(let one, let other): .object([("not", Self.requires([one, other]))])
        case .oneOf(let names): .object([("anyOf", .array(names.map { Self.requires([$0]) }))])
        }
    }

    private static func requires(_ names: [String]) -> JSONValue {
        .object([("required", .array(names.map { .string($0) }))])
    }
}

extension Key {
    fileprivate var schema: JSONValue {
        guard case .object(let members) = shape.schema else { return .bool(true) }
        var words = note
        if case .choice(let choices) = shape {
            for choice in choices { if let note = choice.note { words += "\n\(choice.word): \(note)" } }
        }
        var result: [(String, JSONValue)] = [("description", .string(words))]
        if let fallback { result.append(("default", fallbackValue(fallback))) }
        // A `$ref` may have neighbours since draft 2019-09.
        return .object(result + members)
    }

    private func fallbackValue(_ text: String) -> JSONValue {
        switch YAMLNode(.plain(text), at: Place(file: "")).kind {
        case .integer(let value): .int(value)
        case .boolean(let value): .bool(value)
        default: .string(text)
        }
    }
}
