import MTAPlan

extension Secret {
    /// As libssh2 takes it.
    var text: String { String(decoding: reveal(), as: UTF8.self) }
}
