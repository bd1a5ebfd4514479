/// What a step of cryptography gives; `nil` where it fails.
///
/// Its errors tell no more than that it failed, by design, and whoever asks says of which key.
func attempt<Value>(_ step: @autoclosure () throws -> Value) -> Value? {
    // See above.
    try? step()
}
