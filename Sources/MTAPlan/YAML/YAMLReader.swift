import Yams

/// Reads one YAML document into a tree of places and values.
///
/// Source: YAML 1.2.2, as far as libyaml 0.2 (in Yams 6.2) reads it; merge keys (`<<`) as in YAML 1.1.
package enum YAMLReader {
    /// Nodes that aliases and merge keys may add; a tree without them cannot have more nodes than bytes.
    static let aliasedNodes = 100_000
    static let depth = 100
    static let bytes = 64 << 20

    /// What was read of a file.
    struct Document {
        /// `nil` where there is nothing but comments.
        var root: YAMLNode?
        /// Repeated keys; the last one counts in the tree.
        var complaints: [Complaint] = []
    }

    /// The only document of a file, or `nil` where there is nothing but comments.
    ///
    /// - Throws: What is wrong with the file as YAML; repeated keys all at once.
    package static func read(_ bytes: [UInt8], file: String) throws(Failures) -> YAMLNode? {
        let document: Document
        do throws(Complaint) { document = try self.document(bytes, file: file) } catch { throw Failures(error.failure) }
        if let failures = Failures(document.complaints) { throw failures }
        return document.root
    }

    /// The only document of a file, also where keys are repeated in it.
    ///
    /// - Throws: What keeps the file from being read as YAML at all.
    ///
    /// `leniently`: Bytes that are not UTF-8 are a complaint of the document, like repeated keys.
    static func document(_ bytes: [UInt8], file: String, leniently: Bool = false) throws(Complaint) -> Document {
        let text = try YAMLText(bytes, file: file, leniently: leniently)
        let odd = text.odd.map { [Complaint($0, "the file is not UTF-8", hint: "save it as UTF-8")] } ?? []
        var repeated = RepeatedKeys(text)
        while true {
            do {
                guard let root = try Yams.Parser(yaml: repeated.text, resolver: .basic, encoding: .utf8).singleRoot()
                else { return Document(complaints: odd) }
                var tree = YAMLTree(file: file, repeated: repeated, budget: bytes.count + aliasedNodes)
                let node = try tree.node(root, depth: 0)
                let isEmpty = node.content == .plain("") && node.tag == nil
                return Document(root: isEmpty ? nil : node, complaints: odd + tree.complaints)
            } catch let error as YamlError {
                if case .duplicatedKeysInMapping(let keys, let context) = error,
                    repeated.rename(keys.first ?? "", line: context.mark.line, column: context.mark.column)
                {
                    continue
                }
                throw text.complaint(error)
            } catch let error as Complaint {
                throw error
            } catch {
                throw Complaint(Place(file: file), "this is not YAML")
            }
        }
    }
}

extension Complaint: Error {}

/// Turns Yams' nodes into ours: expands aliases and merge keys within limits, and finds repeated keys.
private struct YAMLTree {
    let file: String
    let repeated: RepeatedKeys
    var budget: Int
    var complaints: [Complaint] = []

    mutating func node(_ node: Yams.Node, depth: Int) throws(Complaint) -> YAMLNode {
        let place = place(node.mark)
        budget -= 1
        guard budget > 0 else {
            throw Complaint(place, "the aliases of this file expand to too much", hint: "use fewer aliases (`*`)")
        }
        guard depth < YAMLReader.depth else { throw Complaint(place, "this is nested too deeply") }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let tag = tag(scalar.tag, besides: isPlain ? nil : .str)
            return YAMLNode(isPlain ? .plain(scalar.string) : .quoted(scalar.string), at: place, tag: tag)
        case .sequence(let sequence):
            var list: [YAMLNode] = []
            for element in sequence { list.append(try self.node(element, depth: depth + 1)) }
            return YAMLNode(.list(list), at: place, tag: tag(sequence.tag, besides: .seq))
        case .mapping(let mapping):
            let pairs = try pairs(mapping, depth: depth)
            return YAMLNode(.mapping(pairs), at: place, tag: tag(mapping.tag, besides: .map))
        case .alias:
            throw Complaint(place, "an undefined alias")
        }
    }

    private mutating func pairs(_ mapping: Yams.Node.Mapping, depth: Int) throws(Complaint) -> [YAMLNode.Pair] {
        var own: [YAMLNode.Pair] = []
        var merged: [YAMLNode.Pair] = []
        var shadowed: [(name: String, place: Place)] = []
        for (key, value) in mapping {
            var key = try node(key, depth: depth + 1)
            // Comparing keys makes Yams write the tag of text on plain ones.
            if key.tag == Yams.Tag.Name.str.rawValue { key.tag = nil }
            if case .plain(let text) = key.content, let name = repeated.name(of: text) {
                shadowed.append((name, key.place))
                continue
            }
            if case .quoted(let text) = key.content, let name = repeated.name(of: text) {
                shadowed.append((name, key.place))
                continue
            }
            let value = try node(value, depth: depth + 1)
            if case .plain("<<") = key.content {
                merged += try mergedPairs(value)
            } else {
                own.append(YAMLNode.Pair(key: key, value: value))
            }
        }
        complain(about: shadowed, among: own)
        guard !merged.isEmpty else { return own }
        var known = Set(own.map(\.key))
        return own + merged.filter { known.insert($0.key).inserted }
    }

    /// Earlier mappings of a list win: YAML 1.1, “merge key language-independent type”.
    private func mergedPairs(_ value: YAMLNode) throws(Complaint) -> [YAMLNode.Pair] {
        if let pairs = value.pairs { return pairs }
        var result: [YAMLNode.Pair] = []
        for element in value.list ?? [value] {
            guard let pairs = element.pairs else {
                throw Complaint(value.place, "`<<` must be a mapping to merge in, or a list of them")
            }
            result += pairs
        }
        return result
    }

    private mutating func complain(about shadowed: [(name: String, place: Place)], among own: [YAMLNode.Pair]) {
        for name in Set(shadowed.map(\.name)) {
            let last = own.last { $0.key.scalar == name }?.key.place
            let places = shadowed.filter { $0.name == name }.map(\.place) + (last.map { [$0] } ?? [])
            for place in places.dropFirst() {
                complaints.append(
                    Complaint(place, "`\(name)` is defined twice, first on line \(places[0].line)", hint: "remove one")
                )
            }
        }
    }

    private func tag(_ tag: Yams.Tag, besides usual: Yams.Tag.Name?) -> String? {
        let name = Yams.Tag.Name(rawValue: tag.rawValue)
        return name == .implicit || name == .nonSpecific || name == usual ? nil : name.rawValue
    }

    private func place(_ mark: Yams.Mark?) -> Place {
        Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}
