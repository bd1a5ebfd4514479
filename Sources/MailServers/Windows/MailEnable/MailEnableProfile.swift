package import MTAPlan

/// Under which names, as which types and in which words a version of MailEnable keeps its Smart host tab in the registry.
package struct MailEnableProfile: Sendable, Hashable {
    /// A field of the tab.
    package enum Field: String, Sendable, Hashable, CaseIterable {
        case host, port, user, password, authenticate, enabled

        /// A box that can be ticked.
        var isBox: Bool { self == .enabled || self == .authenticate }
    }

    /// How a field is kept.
    package struct Value: Sendable, Hashable {
        package var name: String
        /// `String` or `DWord`.
        package var kind: String
        /// Of a box: the value when it is ticked, and when it is not.
        package var on: String?
        package var off: String?

        package init(name: String, kind: String, on: String? = nil, off: String? = nil) {
            self.name = name
            self.kind = kind
            self.on = on
            self.off = off
        }
    }

    /// The version that it was made with.
    package var version: String
    /// All but the password; that too where it is kept as it was typed.
    package var values: [Field: Value]

    package init(version: String, values: [Field: Value]) {
        self.version = version
        self.values = values
    }

    /// Reads the file.
    ///
    /// - Throws: Where something is missing, or two fields have one value.
    package init(_ bytes: [UInt8], file: String) throws(Failure) {
        let root: YAMLNode?
        do throws(Failures) { root = try YAMLReader.read(bytes, file: file) } catch {
            throw error.all.first ?? .unreadable(file, "this is not a profile")
        }
        guard let root, let rows = root["values"], rows.pairs != nil else {
            throw .noProfile("it has no `values`", file)
        }
        var values: [Field: Value] = [:]
        for field in Field.allCases {
            guard let row = rows[field.rawValue] else { continue }
            let name = row["name"]?.scalar ?? ""
            let kind = row["type"]?.scalar ?? ""
            let (on, off) = (row["on"]?.scalar, row["off"]?.scalar)
            if name.isEmpty || !["String", "DWord"].contains(kind) {
                throw .noProfile("`\(field.rawValue)` has no name, or another type than String and DWord", file)
            }
            if field.isBox, on == nil || off == nil || on == off {
                throw .noProfile("`\(field.rawValue)` does not have two different words, `on` and `off`", file)
            }
            values[field] = Value(name: name, kind: kind, on: on, off: off)
        }
        if let field = Field.allCases.first(where: { values[$0] == nil && $0 != .password }) {
            throw .noProfile("it does not say how `\(field.rawValue)` is stored", file)
        }
        if Set(values.values.map { $0.name.lowercased() }).count != values.count {
            throw .noProfile("two of its values have the same name", file)
        }
        self.init(version: root["version"]?.scalar ?? "", values: values)
    }

    /// The file.
    package var text: String {
        var lines = [
            "# How MailEnable stores its Smart host tab in the registry, as `mtactl discover mailenable` found it.",
            "version: \(Self.quoted(version))", "values:",
        ]
        for field in Field.allCases {
            guard let value = values[field] else {
                lines.append("  # \(field.rawValue): in a form of MailEnable's own, so mtactl cannot write one")
                continue
            }
            var parts = ["name: \(Self.quoted(value.name))", "type: \(value.kind)"]
            if let on = value.on { parts.append("on: \(Self.quoted(on))") }
            if let off = value.off { parts.append("off: \(Self.quoted(off))") }
            lines.append("  \(field.rawValue): {\(parts.joined(separator: ", "))}")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// In double quotes, as YAML and JSON have it.
    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
}

extension Failure {
    fileprivate static func noProfile(_ why: String, _ file: String) -> Failure {
        Failure(
            "this is not a profile of mailenable's registry: \(why)",
            hint: "`mtactl discover mailenable HOST` makes one",
            at: file
        )
    }
}
