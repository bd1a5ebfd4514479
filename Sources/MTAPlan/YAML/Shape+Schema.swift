extension Shape {
    /// The shape as a JSON Schema (2020-12).
    var schema: JSONText { .object(members) }

    private var members: [(String, JSONText)] {
        switch self {
        case .text(let form):
            [("type", .string("string")), ("minLength", .integer(1))]
                + (form.pattern.map { [("pattern", .string($0))] } ?? [])
        case .choice(let words):
            [("type", .string("string")), ("enum", .array(words.map { .string($0.word) }))]
        case .boolean:
            [("type", .string("boolean"))]
        case .integer(let range):
            [("type", .string("integer")), ("minimum", .integer(range.lowerBound))]
                + (range.upperBound == .max ? [] : [("maximum", .integer(range.upperBound))])
        case .list(let shape, let atLeast):
            [("type", .string("array")), ("items", shape.schema)]
                + (atLeast == 0 ? [] : [("minItems", .integer(atLeast))])
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
        var members: [(String, JSONText)] = [
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string(title)),
            ("description", .string(note)),
        ]
        members += self.members
        if !definitions.isEmpty { members.append(("$defs", .object(definitions.map { ($0.0, $0.1.schema) }))) }
        return JSONText.object(members).rendered() + "\n"
    }
}

extension Record {
    fileprivate var schemaMembers: [(String, JSONText)] {
        var members: [(String, JSONText)] = [
            ("type", .string("object")),
            ("properties", .object(keys.map { ($0.name, $0.schema) })),
        ]
        if !isOpen { members.append(("additionalProperties", .boolean(false))) }
        let required = keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { members.append(("required", .array(required.map { .string($0) }))) }
        if !rules.isEmpty { members.append(("allOf", .array(rules.map(\.schema)))) }
        return members
    }
}

extension Record.Rule {
    fileprivate var schema: JSONText {
        switch self {
        case .notBoth(let one, let other): .object([("not", Self.requires([one, other]))])
        case .oneOf(let names): .object([("anyOf", .array(names.map { Self.requires([$0]) }))])
        }
    }

    private static func requires(_ names: [String]) -> JSONText {
        .object([("required", .array(names.map { .string($0) }))])
    }
}

extension Key {
    fileprivate var schema: JSONText {
        guard case .object(let members) = shape.schema else { return .boolean(true) }
        var words = note
        if case .choice(let choices) = shape {
            for choice in choices { if let note = choice.note { words += "\n\(choice.word): \(note)" } }
        }
        var result: [(String, JSONText)] = [("description", .string(words))]
        if let fallback { result.append(("default", fallbackValue(fallback))) }
        // A `$ref` may have neighbours since draft 2019-09.
        return .object(result + members)
    }

    private func fallbackValue(_ text: String) -> JSONText {
        switch YAMLNode(.plain(text), at: Place(file: "")).kind {
        case .integer(let value): .integer(value)
        case .boolean(let value): .boolean(value)
        default: .string(text)
        }
    }
}
