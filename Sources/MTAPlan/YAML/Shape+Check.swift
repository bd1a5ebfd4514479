extension Shape {
    /// Everything at and below a node that is not as described.
    ///
    /// In messages the node is called by `name`, the key before it.
    func complaints(_ node: YAMLNode, name: String) -> [Complaint] {
        var check = ShapeCheck()
        check.check(node, self, name: name)
        return check.complaints
    }

    /// As in “`port` must be …”.
    var noun: String {
        switch self {
        case .text(let form): form.noun
        case .choice(let words):
            "one of " + words.map { "`\($0.word)`" }.joined(separator: ", ")
        case .boolean: "`true` or `false`"
        case .integer(let range):
            range.upperBound == .max
                ? "a whole number from \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .list(let shape, _): "a list, each \(shape.noun)"
        case .record(let record): "the settings of \(record.noun)"
        case .table(let keys, _): "a mapping, each key \(keys.noun)"
        case .either(let shapes): shapes.map(\.noun).joined(separator: ", or ")
        case .anything: "anything"
        case .null: "nothing"
        case .defined(let name): "a \(name)"
        }
    }

    fileprivate func accepts(_ kind: YAMLNode.Kind) -> Bool {
        switch (self, kind) {
        case (.text, .text), (.choice, .text), (.null, .null), (.boolean, .boolean), (.integer, .integer),
            (.list, .list):
            true
        case (.record, .mapping), (.table, .mapping), (.anything, _), (.defined, _): true
        case (.either(let shapes), _): shapes.contains { $0.accepts(kind) }
        default: false
        }
    }

    fileprivate var hasSecret: Bool {
        switch self {
        case .text(let form): form.isSecret
        case .either(let shapes): shapes.contains(where: \.hasSecret)
        case .record, .table: true
        default: false
        }
    }

    fileprivate func fault(in text: String) -> TextForm.Fault? {
        if case .text(let form) = self { form.fault(in: text) } else { nil }
    }

    fileprivate var wantsText: Bool {
        switch self {
        case .text, .choice: true
        case .either(let shapes): shapes.contains(where: \.wantsText)
        default: false
        }
    }
}

private struct ShapeCheck {
    var complaints: [Complaint] = []

    mutating func check(_ node: YAMLNode, _ shape: Shape, name: String) {
        if let tag = node.tag, !tag.hasPrefix("tag:yaml.org,2002:") { return complainOfTag(tag, node) }
        switch shape {
        case .anything, .defined: return
        case .null: if node.kind == .null { return }
        case .either(let shapes):
            guard let one = shapes.first(where: { $0.accepts(node.kind) }) else { break }
            return check(node, one, name: name)
        case .text(let form):
            guard let text = node.text else { break }
            let fault = form.fault(in: text)
            // Inside of a value, as in `command:docker inspect -f '{{.Name}}'`, it may be meant for another program.
            if text.isTemplate, fault != nil || text.hasPrefix("{{") {
                return complainOfTemplate(node, form, name: name)
            }
            guard let fault else { return }
            let isConcealed = form.isSecret || fault.isConcealed
            return complain(node, "`\(isConcealed ? name : text.shortened)` \(fault.problem)", hint: fault.hint)
        case .choice(let words):
            guard let text = node.text else { break }
            guard !words.contains(where: { $0.word == text }) else { return }
            let hint = Spelling.nearest(to: text, in: words.map(\.word)).map { "did you mean `\($0)`?" }
            return complain(node, "`\(name)` must be \(shape.noun), not `\(text.shortened)`", hint: hint)
        case .integer(let range):
            guard let integer = node.integer else { break }
            if range.contains(integer) { return }
            return complain(node, "`\(name)` must be \(shape.noun), not \(integer)")
        case .boolean: if case .boolean = node.kind { return }
        case .list(let shape, let atLeast):
            guard let list = node.list else { break }
            if list.count < atLeast { complain(node, "`\(name)` is an empty list") }
            for element in list { check(element, shape, name: name) }
            return
        case .record(let record):
            guard let pairs = node.pairs else { break }
            return check(node, pairs, record, name: name)
        case .table(let keys, let values):
            guard let pairs = node.pairs else { break }
            return check(pairs, keys, values)
        }
        complainOfKind(node, shape, name: name)
    }

    /// The tag is not shown: it may be a password that begins with `!`.
    private mutating func complainOfTag(_ tag: String, _ node: YAMLNode) {
        guard tag == "!vault" else {
            return complain(node, "tags are not supported here", hint: "put text that begins with `!` in quotes")
        }
        let hint = "write `command:PROGRAM ARGS` with a program that prints it, or `env:NAME`"
        complain(node, "this is encrypted with ansible-vault, which is not read here", hint: hint)
    }

    private mutating func check(_ node: YAMLNode, _ pairs: [YAMLNode.Pair], _ record: Record, name: String) {
        for pair in pairs {
            guard let found = pair.key.scalar else {
                complain(pair.key, "a key of \(record.noun) must be a word, not a list or mapping")
                continue
            }
            if let key = record[found] {
                check(pair.value, key.shape, name: found)
            } else if !record.isOpen {
                let hint = Spelling.hint(for: found, in: record.keys.map(\.name))
                complain(pair.key, "`\(found.shortened)` is not a setting of \(record.noun)", hint: hint)
            }
        }
        for key in record.keys where key.isRequired && node[key.name] == nil {
            complain(node, "\(record.noun) lacks `\(key.name)`", hint: key.hint)
        }
        for rule in record.rules {
            switch rule {
            case .notBoth(let one, let other):
                guard node[one] != nil, let pair = node.pair(other) else { continue }
                complain(pair.key, "`\(one)` and `\(other)` cannot be combined", hint: "remove one")
            case .oneOf(let names):
                guard names.allSatisfy({ node[$0] == nil }) else { continue }
                complain(node, "\(record.noun) lacks " + names.map { "`\($0)`" }.joined(separator: " or "))
            }
        }
    }

    private mutating func check(_ pairs: [YAMLNode.Pair], _ keys: TextForm, _ values: Shape) {
        for pair in pairs {
            guard let key = pair.key.text else {
                let hint = pair.key.scalar == nil ? nil : "put it in quotes"
                complain(pair.key, "the key here must be \(keys.noun)", hint: hint)
                continue
            }
            if let fault = keys.fault(in: key) {
                complain(pair.key, "`\(key.shortened)` \(fault.problem)", hint: fault.hint)
            }
            check(pair.value, values, name: key.shortened)
        }
    }

    private mutating func complainOfKind(_ node: YAMLNode, _ shape: Shape, name: String) {
        let shown = shape.hasSecret ? "" : " `\(node.scalar?.shortened ?? "")`"
        let found: String
        var hint: String?
        switch node.kind {
        case .null:
            return complain(
                node,
                "`\(name)` is empty; it must be \(shape.noun)",
                hint: "fill it in, or remove the line"
            )
        case .boolean, .oldBoolean:
            found = shape.hasSecret ? "a boolean" : "the boolean\(shown)"
            hint = shape.wantsText ? "put it in quotes" : "write `true` or `false`"
            if case .boolean = node.kind, !shape.wantsText { hint = nil }
        case .integer, .number:
            found = shape.hasSecret ? "a number" : "the number\(shown)"
            hint = shape.wantsText ? shape.fault(in: node.scalar ?? "")?.hint ?? "put it in quotes" : nil
        case .text:
            if case .integer = shape, Int(node.scalar ?? "") != nil { hint = "remove the quotes" }
            found = shape.hasSecret ? "text" : "the text\(shown)"
        case .list: found = "a list"
        case .mapping:
            found = "a mapping"
            // `{{ name }}` without quotes is YAML for a mapping of a mapping to nothing.
            if node.pairs?.count == 1, node.pairs?[0].key.pairs != nil {
                hint = "write the value out: templates are not evaluated here"
            }
        }
        if case .text(let form) = shape, form.isSecret { hint = form.check("")?.hint }
        complain(node, "`\(name)` must be \(shape.noun), not \(found)", hint: hint)
    }

    private mutating func complainOfTemplate(_ node: YAMLNode, _ form: TextForm, name: String) {
        let hint = form.isSecret ? form.check("")?.hint : "write the value out"
        complain(node, "`\(name)` is a template, which is not evaluated here", hint: hint)
    }

    private mutating func complain(_ node: YAMLNode, _ problem: String, hint: String? = nil) {
        complaints.append(Complaint(node.place, problem, hint: hint))
    }
}

extension String {
    /// Whether Ansible would put something else in its place.
    fileprivate var isTemplate: Bool { contains("{{") && contains("}}") }

    /// As much of it as belongs in a message.
    var shortened: String {
        let line = String(String.UnicodeScalarView(unicodeScalars.filter { !TextForm.isControl($0) }))
        return line.unicodeScalars.count <= 60 ? line : String(line.unicodeScalars.prefix(57)) + "…"
    }
}

extension Key {
    /// The first sentence of the note, as a hint.
    fileprivate var hint: String {
        let sentence = note.prefix { $0 != "." && $0 != ":" }
        return sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}
