internal import MTAPlan
internal import SSH

/// The passwords of the hosts on a way that ssh goes, looked up when they are needed.
actor OpenSSHPasswords {
    private let way: [SSHTarget]
    private var found: [Int: String] = [:]

    /// `way`: The hosts to go through, and the last.
    init(_ way: [SSHTarget]) { self.way = way }

    /// The hosts whose password is known, counted from the first of the way.
    var known: Set<Int> { Set(found.keys) }

    /// - Returns: false where there is none.
    /// - Throws: Why it cannot be obtained.
    func lookUp(_ hop: Int) async throws(Failure) -> Bool {
        guard way.indices.contains(hop), let ask = way[hop].authentication.password else { return false }
        do throws(SSHError) {
            guard let password = try await ask() else { return false }
            found[hop] = password
            return true
        } catch {
            throw (hop + 1 < way.count ? error.through(way[hop].name) : error).failure
        }
    }

    /// Runs `body` with what answers ssh for the passwords that are known, if any are.
    func withAskpass<Value: Sendable>(
        _ body: @Sendable (Askpass?) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard !found.isEmpty else { return try await body(nil) }
        let askpass: Askpass
        do throws(SSHError) {
            askpass = try Askpass(found.sorted { $0.key < $1.key }.map { .init(way[$0.key], password: $0.value) })
        } catch {
            throw error.failure
        }
        defer { askpass.end() }
        return try await body(askpass)
    }
}
