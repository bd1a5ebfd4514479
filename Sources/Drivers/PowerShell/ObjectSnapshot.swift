package import MTAPlan

/// The objects that some calls answered, as texts: kept on the host, and compared.
///
/// Holds no password: the executor tells only user names.
package struct ObjectSnapshot: Sendable, Hashable {
    /// In the order in which they were told.
    private var objects: [Object] = []

    fileprivate struct Object: Sendable, Hashable {
        /// Its GUID, or its name where it has none.
        var key: String
        var name: String
        /// `NAME<tab>VALUE`, sorted.
        var lines: [String]
    }

    /// `calls`: With what each of them answered.
    package init(_ calls: [(PowerShellCall, [PowerShellObject])]) {
        for (call, found) in calls {
            for object in found {
                let name = Printable.line(object.text("Name") ?? "")
                let lines = call.properties.map { property in
                    "\(property.name)\t\(object.canonical(property).map(Printable.line) ?? "")"
                }
                let key = Printable.line(object.text("Guid") ?? name)
                objects.append(Object(key: key, name: name, lines: lines.sorted()))
            }
        }
    }

    /// What is kept on the host; see `init(text:)`.
    package var text: String {
        objects.map { object in
            (["object\t\(object.key)\t\(object.name)"] + object.lines).map { $0 + "\n" }.joined()
        }
        .joined()
    }

    /// Reads what was kept.
    package init(text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            if fields[0] == "object", fields.count == 3 {
                objects.append(Object(key: fields[1], name: fields[2], lines: []))
            } else if !objects.isEmpty {
                objects[objects.count - 1].lines.append(String(line))
            }
        }
    }

    package var count: Int { objects.count }

    /// The names of objects that are not in both, or not the same; of these GUIDs or names, where any are given.
    ///
    /// When and where an object was written last does not count.
    package func differences(from other: ObjectSnapshot, among keys: Set<String>? = nil) -> [String] {
        let (ours, theirs) = (byKey, other.byKey)
        return Set(ours.keys).union(theirs.keys).sorted()
            .filter { ours[$0]?.lasting != theirs[$0]?.lasting && keys?.contains($0) ?? true }
            .compactMap { (ours[$0] ?? theirs[$0])?.name }
    }

    /// The GUIDs, or names, of objects that are not in both, or not the same.
    package func differentKeys(from other: ObjectSnapshot) -> Set<String> {
        let (ours, theirs) = (byKey, other.byKey)
        return Set(ours.keys).union(theirs.keys).filter { ours[$0]?.lasting != theirs[$0]?.lasting }
    }

    private var byKey: [String: Object] {
        Dictionary(objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension ObjectSnapshot.Object {
    fileprivate var lasting: [String] {
        lines.filter { line in !["When", "OriginatingServer\t", "ObjectState\t"].contains { line.hasPrefix($0) } }
    }
}
