/// What an inventory program printed for `--list`, and for `--host` where it has to be asked.
///
/// Source: ansible-core 2.19, “Developing dynamic inventory” and `plugins/inventory/script.py`.
package struct ProgramOutput: Sendable {
    let root: YAMLNode
    private(set) var answers: [String: YAMLNode] = [:]

    /// - Throws: When it is no JSON object.
    package init(_ bytes: [UInt8], program: String) throws(Failure) {
        root = try Self.object(bytes, program: program, option: "--list")
    }

    /// The hosts whose variables the list does not have, so that the program is to be asked for each.
    package var unasked: [String] {
        guard root["_meta"]?["hostvars"]?.pairs == nil else { return [] }
        var known: Set<String> = []
        return InventoryBuilder.groups(ofProgram: root).flatMap { $0.hosts.compactMap(\.scalar) }
            .filter { known.insert($0).inserted }
    }

    /// Takes what it printed for `--host`; nothing means no variables.
    package mutating func answer(_ host: String, _ bytes: [UInt8], program: String) throws(Failure) {
        guard bytes.contains(where: { $0 > 0x20 }) else { return }
        answers[host] = try Self.object(bytes, program: program, option: "--host \(host.shortened)")
    }

    private static func object(_ bytes: [UInt8], program: String, option: String) throws(Failure) -> YAMLNode {
        let hint = "run it by hand with \(option) and check its output"
        let root: YAMLNode
        do throws(Complaint) { root = try JSONReader.document(bytes, file: program) } catch {
            throw Failure(
                "the program's output for \(option) is not JSON (line \(error.place.line))",
                hint: hint,
                at: program
            )
        }
        guard root.pairs != nil else {
            throw Failure("the program printed no JSON object for \(option)", hint: hint, at: program)
        }
        return root
    }
}

extension InventoryBuilder {
    /// One group of what a program printed.
    struct ProgramGroup {
        var name: String
        var place: Place
        var hosts: [YAMLNode]
        var children: [YAMLNode]
        var variables: YAMLNode?
        var isMalformed = false
    }

    /// A list is the group's hosts; an object without any of a group's parts is the variables of a host of its name.
    static func groups(ofProgram root: YAMLNode) -> [ProgramGroup] {
        (root.pairs ?? []).compactMap { pair in
            guard let name = pair.key.scalar, name != "_meta" else { return nil }
            let place = pair.key.place
            guard pair.value.pairs != nil else {
                let isMalformed = pair.value.list == nil
                let hosts = pair.value.list ?? []
                return ProgramGroup(name: name, place: place, hosts: hosts, children: [], isMalformed: isMalformed)
            }
            let (hosts, children) = (pair.value["hosts"], pair.value["children"])
            let variables = pair.value["vars"]
            guard hosts != nil || children != nil || variables != nil else {
                let host = YAMLNode(.quoted(name), at: place)
                return ProgramGroup(name: name, place: place, hosts: [host], children: [], variables: pair.value)
            }
            return ProgramGroup(
                name: name,
                place: place,
                hosts: hosts?.list ?? [],
                children: children?.list ?? [],
                variables: variables,
                isMalformed: hosts != nil && hosts?.list == nil
            )
        }
    }

    /// Takes in what an inventory program printed, with its answers for hosts.
    mutating func addProgram(_ root: YAMLNode, answers: [String: YAMLNode]) {
        var named: [String] = []
        for group in Self.groups(ofProgram: root) {
            addGroup(group.name, at: group.place)
            if group.isMalformed { complain(group.place, "the hosts of `\(group.name.shortened)` are not a list") }
            for host in group.hosts {
                guard let name = host.scalar, !name.isEmpty, !name.unicodeScalars.contains(where: TextForm.isControl)
                else {
                    complain(host.place, "a host of `\(group.name.shortened)` has no usable name")
                    continue
                }
                addHost(name, at: host.place, to: group.name)
                named.append(name)
            }
            if let variables = group.variables {
                let entries = entries(variables, of: "vars")
                addVariables(entries, to: group.name)
            }
            for child in group.children {
                if let name = child.scalar { addChild(name, of: group.name, at: child.place) }
            }
        }
        var variables = answers
        for pair in root["_meta"]?["hostvars"]?.pairs ?? [] {
            if let name = pair.key.scalar { variables[name] = pair.value }
        }
        var done: Set<String> = []
        for name in named where done.insert(name).inserted {
            guard let node = variables[name] else { continue }
            guard node.pairs != nil else {
                hosts[name]?.problems.append(Complaint(node.place, "its variables are not a JSON object"))
                continue
            }
            let entries = kept(entries(node, of: name))
            hosts[name]?.variables += entries
        }
    }
}
