@testable import MTAPlan

/// As much of JSON Schema 2020-12 as our schemas use.
///
/// Anything else in a schema is a complaint of its own.
final class SchemaCheck {
    let root: YAMLNode
    private var patterns: [String: Regex<AnyRegexOutput>] = [:]

    init(_ schema: String) throws { root = try JSONReader.read(Array(schema.utf8), file: "schema") }

    func complaints(_ node: YAMLNode) -> [String] { complaints(node, root) }

    private func complaints(_ node: YAMLNode, _ schema: YAMLNode) -> [String] {
        if schema.boolean == true { return [] }
        if schema.boolean == false { return ["\(node.place): nothing may stand here"] }
        return (schema.pairs ?? []).flatMap { keyword in
            complaints(node, keyword.key.scalar ?? "", keyword.value, schema).map { "\(node.place): \($0)" }
        }
    }

    private func complaints(_ node: YAMLNode, _ keyword: String, _ value: YAMLNode, _ schema: YAMLNode) -> [String] {
        let keys = (node.pairs ?? []).map { $0.key.scalar ?? "" }
        switch keyword {
        case "$schema", "title", "description", "default", "$defs": return []
        case "type": return types(node).contains(value.scalar ?? "") ? [] : ["not of type \(value.scalar ?? "")"]
        case "enum": return value.list?.contains { $0.scalar == node.scalar } == true ? [] : ["not in the enum"]
        case "minLength":
            return (string(node)?.unicodeScalars.count ?? .max) >= (value.integer ?? 0) ? [] : ["too short"]
        case "minItems": return (node.list?.count ?? .max) >= (value.integer ?? 0) ? [] : ["too few"]
        case "minimum": return (node.integer ?? .max) >= (value.integer ?? 0) ? [] : ["too small"]
        case "maximum": return (node.integer ?? .min) <= (value.integer ?? 0) ? [] : ["too large"]
        case "pattern":
            guard let text = string(node) else { return [] }
            let pattern = value.scalar ?? ""
            guard let regex = patterns[pattern] ?? (try? Regex(pattern)) else { return ["a pattern that is none"] }
            patterns[pattern] = regex
            return text.contains(regex) ? [] : ["does not match \(value.scalar ?? "")"]
        case "items": return (node.list ?? []).flatMap { complaints($0, value) }
        case "properties":
            return (node.pairs ?? []).flatMap { pair in
                value[pair.key.scalar ?? ""].map { complaints(pair.value, $0) } ?? []
            }
        case "additionalProperties":
            let others = (node.pairs ?? []).filter { schema["properties"]?[$0.key.scalar ?? ""] == nil }
            return others.flatMap { complaints($0.value, value) }
        case "propertyNames": return keys.flatMap { complaints(YAMLNode(.quoted($0), at: node.place), value) }
        case "required":
            guard node.pairs != nil else { return [] }
            return (value.list ?? []).compactMap(\.scalar).filter { !keys.contains($0) }.map { "lacks \($0)" }
        case "allOf": return (value.list ?? []).flatMap { complaints(node, $0) }
        case "anyOf":
            let all = (value.list ?? []).map { complaints(node, $0) }
            return all.contains([]) ? [] : ["none of: \(all.flatMap { $0 }.joined(separator: "; "))"]
        case "not": return complaints(node, value).isEmpty ? ["is what it must not be"] : []
        case "$ref":
            let name = String((value.scalar ?? "").dropFirst("#/$defs/".count))
            return root["$defs"]?[name].map { complaints(node, $0) } ?? ["there is no definition \(name)"]
        default: return ["the schema has `\(keyword)`, which this check does not know"]
        }
    }

    private func types(_ node: YAMLNode) -> [String] {
        switch node.kind {
        case .null: ["null"]
        case .boolean: ["boolean"]
        case .integer: ["integer", "number"]
        case .number: ["number"]
        case .text, .oldBoolean: ["string"]
        case .list: ["array"]
        case .mapping: ["object"]
        }
    }

    private func string(_ node: YAMLNode) -> String? { types(node) == ["string"] ? node.scalar : nil }
}
