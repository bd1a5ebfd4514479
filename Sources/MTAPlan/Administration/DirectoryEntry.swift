/// An entry of a directory, with the values of its attributes.
package struct DirectoryEntry: Sendable, Hashable {
    /// Its distinguished name.
    package var name: String
    package var attributes: [String: [String]]

    package init(_ name: String, _ attributes: [String: [String]]) {
        self.name = name
        self.attributes = attributes
    }

    /// Names of attributes are the same in capitals (RFC 4512 §2.5).
    package func values(_ attribute: String) -> [String] {
        attributes.first { $0.key.lowercased() == attribute.lowercased() }?.value ?? []
    }

    package func isA(_ objectClass: String) -> Bool {
        values("objectClass").contains { $0.lowercased() == objectClass.lowercased() }
    }
}

/// What is asked of a directory: the entries of some classes in a part of its configuration.
package struct DirectoryQuestion: Sendable, Hashable {
    /// Below the forest's configuration partition: `CN=Services`.
    package var folder: String
    package var classes: [String]
    package var attributes: [String]

    package init(below folder: String, classes: [String], attributes: [String]) {
        self.folder = folder
        self.classes = classes
        self.attributes = attributes
    }
}
