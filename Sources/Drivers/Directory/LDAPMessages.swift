internal import MTAPlan

/// The messages of a directory in what has come of them, in whatever pieces it came.
struct LDAPMessages {
    private var received: [UInt8] = []
    private var total = 0

    /// Of all messages together.
    private static let most = 8 << 20

    /// - Throws: When it is more than a conversation may have.
    mutating func append(_ bytes: [UInt8]) throws(Failure) {
        total += bytes.count
        guard total <= Self.most else { throw .tooMuch }
        received += bytes
    }

    /// The next message; `nil` while it has not all come.
    ///
    /// - Throws: When what has come is no message of LDAP, or too long.
    mutating func next() throws(Failure) -> LDAPAnswer? {
        guard let length = try LDAPAnswer.length(received), received.count >= length else { return nil }
        let answer = try LDAPAnswer(Array(received.prefix(length)))
        received.removeFirst(length)
        return answer
    }
}

extension Failure {
    static let tooMuch = Failure("the directory sent more than 8 MiB, or more than 1000 entries")
}
