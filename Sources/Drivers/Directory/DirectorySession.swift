internal import MTAPlan

/// A conversation with a directory by LDAP version 3, through a stream: a login, then searches.
///
/// It changes nothing. Source: RFC 4511.
struct DirectorySession {
    private let stream: any Shell
    private let end: ContinuousClock.Instant
    private var messages = LDAPMessages()
    private var sent = 0

    /// A domain controller gives no more at once (MaxPageSize).
    private static let mostEntries = 1000

    /// `patience`: For the whole conversation.
    init(over stream: any Shell, within patience: Duration = .seconds(60)) {
        self.stream = stream
        end = .now + patience
    }

    /// - Throws: When the login is refused, or the conversation is lost.
    mutating func logIn(as name: String, _ password: Secret) async throws(Failure) {
        // With an empty password a directory lets everybody in, as nobody (RFC 4513 §5.1.2).
        guard !password.reveal().isEmpty else { throw Failure("the password of `\(name)` is empty") }
        let answers = try await answers(to: .bind(name: name, password: password.reveal()))
        guard answers.result.code == 0 else { throw .refused(answers.result, "does not let `\(name)` in") }
    }

    /// The entries that a question is about; where there is no such folder there are none.
    mutating func entries(_ question: DirectoryQuestion) async throws(Failure) -> [DirectoryEntry] {
        let attribute = "configurationNamingContext"
        let root = try await search("", .base, [], [attribute])
        guard let configuration = root.first?.values(attribute).first else {
            throw Failure("the directory names no configuration partition", hint: "is this a domain controller?")
        }
        return try await search("\(question.folder),\(configuration)", .subtree, question.classes, question.attributes)
    }

    /// Says that nothing more comes, and closes the stream.
    mutating func close() async {
        // The directory learns the same from the end of the stream.
        if let message = try? LDAPRequest.unbind.message(sent + 1) { try? await stream.write(message) }
        await stream.close()
    }

    private mutating func search(
        _ base: String,
        _ scope: LDAPRequest.Scope,
        _ classes: [String],
        _ attributes: [String]
    ) async throws(Failure) -> [DirectoryEntry] {
        let search = LDAPRequest.Search(
            base: base,
            scope: scope,
            classes: classes,
            attributes: attributes,
            limit: Self.mostEntries
        )
        let answers = try await answers(to: .search(search))
        // 32: no such entry.
        guard [0, 32].contains(answers.result.code) else { throw .refused(answers.result, "does not answer") }
        return answers.entries
    }

    private mutating func answers(
        to request: LDAPRequest
    ) async throws(Failure) -> (entries: [DirectoryEntry], result: LDAPAnswer.Result) {
        sent += 1
        let message: [UInt8]
        do { message = try request.message(sent) } catch {
            throw Failure("the request cannot be written: \(Printable.line("\(error)"))")
        }
        try await stream.write(message)
        var entries: [DirectoryEntry] = []
        while true {
            let answer = try await nextAnswer()
            switch answer.content {
            case .entry(let entry) where answer.id == sent:
                entries.append(entry)
                guard entries.count <= Self.mostEntries else { throw .tooMuch }
            case .result(let result) where answer.id == sent: return (entries, result)
            case .result(let result) where answer.id == 0: throw .refused(result, "ends the connection")
            case .entry, .result, .other: continue
            }
        }
    }

    private mutating func nextAnswer() async throws(Failure) -> LDAPAnswer {
        while true {
            if let answer = try messages.next() { return answer }
            let left = end - .now
            guard left > .zero else {
                throw Failure("the directory did not answer in time", hint: "is the domain controller busy?")
            }
            guard let output = try await stream.read(within: left) else {
                throw Failure("the directory closed the connection", hint: "is the port correct?")
            }
            if case .output(let bytes) = output { try messages.append(bytes) }
        }
    }
}

extension Failure {
    /// Codes: RFC 4511, Appendix A.
    fileprivate static func refused(_ result: LDAPAnswer.Result, _ what: String) -> Failure {
        let words = result.words.isEmpty ? "" : ": \(result.words)"
        let hint: String? =
            switch result.code {
            case 8, 13:
                "it requires signed or encrypted LDAP, which mtactl does not support: export the entries with `ldifde`"
            case 49: "check the user name (`DOMAIN\\user` or `user@domain`) and the password"
            case 50: "this account may not read the configuration partition"
            default: nil
            }
        return Failure("the directory \(what)\(words) (code \(result.code))", hint: hint)
    }
}
