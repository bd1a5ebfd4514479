/// Where to get a secret.
///
/// Playbooks, plans and reports hold this and never the secret.
package enum SecretReference: Sendable, Hashable, Codable {
    /// An environment variable of the controller.
    case environment(String)
    /// A file on the controller; one line break at its end does not count.
    case file(String)
    /// A program on the controller and its arguments, run without a shell; what it prints, less one line break.
    case command([String])
    /// Asked for on the terminal, once a run. The words say what for.
    case prompt(String)
}

extension SecretReference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .command(let words): "command:\(words.joined(separator: " "))"
        case .prompt(let what): "prompt:\(what)"
        }
    }
}

/// A secret, resolved.
///
/// It prints as `[secret]` however it is printed.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { self.bytes = Array(text.utf8) }

    /// The secret itself.
    ///
    /// Every use of this is a place to look at when a secret leaks.
    package func reveal() -> [UInt8] { bytes }

    package var description: String { "[secret]" }
    package var debugDescription: String { "[secret]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The secrets that a playbook refers to, resolved before planning so that planning stays pure.
package struct Secrets: Sendable {
    private let values: [SecretReference: Secret]

    package init(_ values: [SecretReference: Secret] = [:]) { self.values = values }

    /// - Throws: When the reference was not resolved.
    package func value(of reference: SecretReference) throws(Failure) -> Secret {
        guard let value = values[reference] else {
            throw Failure("the secret \(reference) was not looked up", hint: "this is a bug in mtactl")
        }
        return value
    }
}
