internal import MTAPlan
internal import SwiftASN1

/// What a directory answers.
///
/// Source: RFC 4511 §4.1.9, §4.2.2, §4.4.1, §4.5.2.
struct LDAPAnswer: Sendable, Hashable {
    /// Of the request; 0 is the directory's own word, before it closes the connection.
    var id: Int
    var content: Content

    enum Content: Sendable, Hashable {
        case entry(DirectoryEntry)
        /// The end of what a request is answered with.
        case result(Result)
        /// What a search does not follow, or nobody asked for.
        case other
    }

    struct Result: Sendable, Hashable {
        /// RFC 4511, Appendix A.
        var code: Int
        /// In the directory's words.
        var words: String
    }

    /// Of these entries one has some hundred bytes.
    private static let most = 1 << 20

    /// How many bytes the first message has; `nil` while that is not known.
    ///
    /// - Throws: When it is no message, or one that nothing asked for can be.
    static func length(_ bytes: some Collection<UInt8>) throws(Failure) -> Int? {
        guard let first = bytes.first else { return nil }
        guard first == 0x30 else { throw .noLDAP }
        let head = Array(bytes.dropFirst().prefix(5))
        guard let short = head.first else { return nil }
        guard short & 0x80 != 0 else { return 2 + Int(short) }
        let count = Int(short & 0x7F)
        guard (1...4).contains(count) else { throw .noLDAP }
        guard head.count > count else { return nil }
        let length = head[1...count].reduce(0) { $0 << 8 | Int($1) }
        guard length <= most else { throw Failure("the directory sent a message of more than 1 MiB") }
        return 2 + count + length
    }

    /// - Throws: When it is no message of LDAP.
    init(_ bytes: [UInt8]) throws(Failure) {
        do {
            self = try BER.sequence(try BER.parse(bytes), identifier: .sequence) { parts in
                let id = try Int(try parts.required())
                let content = try Content(try parts.required())
                // Controls may come after it.
                while parts.next() != nil {}
                return LDAPAnswer(id: id, content: content)
            }
        } catch {
            throw .noLDAP
        }
    }

    private init(id: Int, content: Content) {
        self.id = id
        self.content = content
    }
}

extension LDAPAnswer.Content {
    fileprivate init(_ node: ASN1Node) throws {
        switch node.identifier {
        case .application(4): self = .entry(try DirectoryEntry(node))
        case .application(1), .application(5), .application(24): self = .result(try LDAPAnswer.Result(node))
        default: self = .other
        }
    }
}

extension LDAPAnswer.Result {
    fileprivate init(_ node: ASN1Node) throws {
        self = try BER.sequence(node, identifier: node.identifier) { parts in
            let code = try Int(try parts.required(), withIdentifier: .enumerated)
            _ = try parts.required()
            let words = String(decoding: try parts.required().octets(), as: UTF8.self)
            while parts.next() != nil {}
            return LDAPAnswer.Result(code: code, words: Printable.line(words.filter { $0 != "\0" }))
        }
    }
}

extension DirectoryEntry {
    fileprivate init(_ node: ASN1Node) throws {
        self = try BER.sequence(node, identifier: .application(4)) { parts in
            var entry = DirectoryEntry(try parts.required().text(), [:])
            try BER.sequence(try parts.required(), identifier: .sequence) { attributes in
                while let attribute = attributes.next() {
                    try BER.sequence(attribute, identifier: .sequence) { pair in
                        let name = try pair.required().text()
                        entry.attributes[name] = try BER.sequence(try pair.required(), identifier: .set) { values in
                            var texts: [String] = []
                            while let value = values.next() { texts.append(try value.text()) }
                            return texts
                        }
                    }
                }
            }
            return entry
        }
    }
}

extension ASN1NodeCollection.Iterator {
    fileprivate mutating func required() throws -> ASN1Node {
        guard let node = next() else { throw Failure.noLDAP }
        return node
    }
}

extension ASN1Node {
    fileprivate func octets() throws -> ArraySlice<UInt8> {
        guard case .primitive(let bytes) = content, identifier == .octetString else { throw Failure.noLDAP }
        return bytes
    }

    /// No attribute that is asked for has other values than text.
    fileprivate func text() throws -> String {
        guard let text = String(validating: try octets(), as: UTF8.self) else { throw Failure.noLDAP }
        return text
    }
}

extension Int {
    fileprivate init(_ node: ASN1Node, withIdentifier identifier: ASN1Identifier = .integer) throws {
        self = try Int(berEncoded: node, withIdentifier: identifier)
    }
}

extension Failure {
    fileprivate static let noLDAP = Failure(
        "what answers on this port does not speak LDAP",
        hint: "is the port correct?"
    )
}
