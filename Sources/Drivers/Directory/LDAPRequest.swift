internal import SwiftASN1

/// What reading a directory asks it.
///
/// Source: RFC 4511 §4.2, §4.3, §4.5.
enum LDAPRequest: Sendable, Hashable {
    /// A login by name and password.
    case bind(name: String, password: [UInt8])
    case search(Search)
    /// The end of the conversation, which is not answered.
    case unbind

    struct Search: Sendable, Hashable {
        var base: String
        var scope: Scope
        /// An entry of any of these classes; none of them: every entry.
        var classes: [String]
        var attributes: [String]
        /// How many entries are wanted at the most.
        var limit: Int
    }

    enum Scope: Int, Sendable, Hashable { case base = 0, subtree = 2 }

    /// The message with this request; every request of a connection has another `id`.
    func message(_ id: Int) throws -> [UInt8] {
        var message = DER.Serializer()
        try message.appendConstructedNode(identifier: .sequence) { content in
            try content.serialize(id)
            switch self {
            case .bind(let name, let password):
                try content.appendConstructedNode(identifier: .application(0)) { bind in
                    try bind.serialize(3)
                    bind.text(name)
                    bind.bytes(password, .context(0))
                }
            case .search(let search):
                try content.appendConstructedNode(identifier: .application(3)) { try search.write(to: &$0) }
            case .unbind: content.bytes([], .application(2))
            }
        }
        return message.serializedBytes
    }
}

extension LDAPRequest.Search {
    /// The seconds that the directory may look.
    private static let patience = 30

    fileprivate func write(to search: inout DER.Serializer) throws {
        search.text(base)
        search.bytes([UInt8(scope.rawValue)], .enumerated)
        // Aliases are not followed.
        search.bytes([0], .enumerated)
        try search.serialize(limit)
        try search.serialize(Self.patience)
        try search.serialize(false)
        if classes.isEmpty {
            search.text("objectClass", .context(7))
        } else {
            search.appendConstructedNode(identifier: .context(1)) { either in
                for name in classes {
                    either.appendConstructedNode(identifier: .context(3)) { equal in
                        equal.text("objectClass")
                        equal.text(name)
                    }
                }
            }
        }
        search.appendConstructedNode(identifier: .sequence) { list in
            for attribute in attributes { list.text(attribute) }
        }
    }
}

extension DER.Serializer {
    fileprivate mutating func bytes(_ bytes: [UInt8], _ identifier: ASN1Identifier) {
        appendPrimitiveNode(identifier: identifier) { $0 += bytes }
    }

    fileprivate mutating func text(_ text: String, _ identifier: ASN1Identifier = .octetString) {
        bytes(Array(text.utf8), identifier)
    }
}

extension ASN1Identifier {
    static func application(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .application)
    }

    fileprivate static func context(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }
}
