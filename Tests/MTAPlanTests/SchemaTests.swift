import Foundation
import MailServers
import Testing

@testable import MTAPlan

@Suite struct SchemaTests {
    @Test(arguments: Examples.playbooks)
    func `each playbook is right by the schema too`(name: String) throws {
        let check = try SchemaCheck(PlaybookSchema.json(in: Catalog.language))
        let root = try #require(try YAMLReader.read(Examples.bytes("Playbooks/\(name)"), file: name))

        #expect(check.complaints(root) == [])
    }

    @Test func `the example inventory is right by the schema too`() throws {
        let check = try SchemaCheck(InventorySchema.json(in: Catalog.language))
        let root = try #require(try YAMLReader.read(Examples.bytes("Inventory/example.yml"), file: "example.yml"))

        #expect(check.complaints(root) == [])
    }

    @Test(arguments: [
        "plays: []", "plays: [{hosts: all}]", "plays: [{hosts: all, routes: {}, x: 1}]",
        "plays: [{hosts: 1, routes: {}}]",
        "plays: [{hosts: all, routes: {bounces: x}}]",
        "{plays: [{hosts: all, routes: {}}], smarthosts: {a: {port: 25}}}",
        "{plays: [{hosts: all, routes: {}}], smarthosts: {a: {host: a, hosts: [b]}}}",
        "{plays: [{hosts: all, routes: {}}], smarthosts: {a b: {host: a}}}",
        "{plays: [{hosts: all, routes: {}}], smarthosts: {a: {host: a, port: 0}}}",
        "{plays: [{hosts: all, routes: {}}], smarthosts: {a: {host: a, login: {username: u, password: hunter2}}}}",
        "{plays: [{hosts: all, routes: {}}], rollout: {waves: [0]}}",
        "{plays: [{hosts: all, routes: {}}], rollout: {pause: 5}}",
        "{plays: [{hosts: all, routes: {}}], verify: {to: nobody}}", "- a",
    ])
    func `what the reader refuses by shape, the schema refuses`(text: String) throws {
        let check = try SchemaCheck(PlaybookSchema.json(in: Catalog.language))
        let root = try #require(try YAMLReader.read(Array(text.utf8), file: "p.yml"))

        #expect(!faults(text).isEmpty)
        #expect(!check.complaints(root).isEmpty)
    }

    @Test(arguments: Examples.playbooks)
    func `what the reader takes, the schema takes`(name: String) throws {
        let check = try SchemaCheck(PlaybookSchema.json(in: Catalog.language))
        let root = try #require(try YAMLReader.read(Examples.bytes("Playbooks/\(name)"), file: name))
        var taken = 0

        for variant in variants(root) {
            let bytes = Array(json(variant).indented().utf8)
            guard (try? Playbook.load(bytes, file: name)) != nil else { continue }
            taken += 1
            #expect(check.complaints(variant) == [])
        }

        #expect(taken > 0)
    }

    @Test func `the schemas beside the playbooks are the program's own`() throws {
        #expect(
            String(decoding: try Examples.bytes("Playbooks/playbook.schema.json"), as: UTF8.self)
                == PlaybookSchema.json(in: Catalog.language)
        )
        #expect(
            String(decoding: try Examples.bytes("Playbooks/inventory.schema.json"), as: UTF8.self)
                == InventorySchema.json(in: Catalog.language)
        )
    }

    @Test(.enabled(if: Python.hasJSONSchema, "python3 with jsonschema is not here"))
    func `another program's check agrees`() throws {
        var documents: [JSONValue] = []
        for name in Examples.playbooks {
            let root = try #require(try YAMLReader.read(Examples.bytes("Playbooks/\(name)"), file: name))
            documents.append(
                .object([("schema", .string("Playbooks/playbook.schema.json")), ("document", json(root))])
            )
        }
        let inventory = try #require(try YAMLReader.read(Examples.bytes("Inventory/example.yml"), file: "example.yml"))
        documents.append(
            .object([("schema", .string("Playbooks/inventory.schema.json")), ("document", json(inventory))])
        )

        let status = try Python.run(
            """
            import json, os, sys
            from jsonschema import Draft202012Validator as V
            os.chdir(sys.argv[1])
            for item in json.load(sys.stdin):
                schema = json.load(open(item["schema"]))
                V.check_schema(schema)
                V(schema).validate(item["document"])
                assert not V(schema).is_valid({"plays": 3})
            """,
            arguments: [Examples.root.path],
            input: JSONValue.array(documents).indented()
        )

        #expect(status == 0)
    }

    /// The tree with one thing after another left out, emptied, or put in another's place.
    private func variants(_ node: YAMLNode) -> [YAMLNode] {
        let nothing = YAMLNode(.plain(""), at: node.place)
        let word = YAMLNode(.plain("word"), at: node.place)
        let number = YAMLNode(.plain("7"), at: node.place)
        switch node.content {
        case .plain, .quoted: return [nothing, word, number, YAMLNode(.list([node]), at: node.place)]
        case .list(let list):
            return list.indices.flatMap { index -> [YAMLNode] in
                var shorter = list
                shorter.remove(at: index)
                let changed = variants(list[index]).map { variant -> [YAMLNode] in
                    var longer = list
                    longer[index] = variant
                    return longer
                }
                return ([shorter] + changed).map { YAMLNode(.list($0), at: node.place) }
            } + [word]
        case .mapping(let pairs):
            return pairs.indices.flatMap { index -> [YAMLNode] in
                var shorter = pairs
                shorter.remove(at: index)
                var renamed = pairs
                renamed[index].key = word
                let changed = variants(pairs[index].value).map { variant -> [YAMLNode.Pair] in
                    var result = pairs
                    result[index].value = variant
                    return result
                }
                return ([shorter, renamed] + changed).map { YAMLNode(.mapping($0), at: node.place) }
            } + [word, number]
        }
    }

    private func json(_ node: YAMLNode) -> JSONValue {
        switch node.kind {
        case .null: .null
        case .boolean(let value): .bool(value)
        case .integer(let value): .int(value)
        case .text, .oldBoolean, .number: .string(node.scalar ?? "")
        case .list: .array((node.list ?? []).map(json))
        case .mapping: .object((node.pairs ?? []).map { ($0.key.scalar ?? "", json($0.value)) })
        }
    }
}

/// The system's Python, for checks by somebody else's code.
enum Python {
    static let hasJSONSchema = (try? run("import jsonschema; jsonschema.Draft202012Validator", input: "")) == 0

    static func run(_ program: String, arguments: [String] = [], input: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        let pipe = Pipe()
        process.standardInput = pipe
        try process.run()
        try pipe.fileHandleForWriting.write(contentsOf: Array(input.utf8))
        try pipe.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
