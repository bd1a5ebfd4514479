/// One call of the executor on a Windows host: a cmdlet of the executor's list with its parameters.
///
/// It holds no script: what is run is the cmdlet with these values, bound by name.
package struct PowerShellCall: Sendable, Hashable, Codable {
    package var cmdlet: String
    /// In the order in which they are shown.
    package var parameters: [Parameter]
    /// What is told of each object that the call answers; nothing else of it leaves the host.
    package var properties: [Property]

    package init(_ cmdlet: String, _ parameters: [Parameter] = [], tells properties: [Property] = []) {
        self.cmdlet = cmdlet
        self.parameters = parameters
        self.properties = properties
    }

    package struct Parameter: Sendable, Hashable, Codable {
        /// Written out, never abbreviated, without the hyphen.
        package var name: String
        package var value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    package enum Value: Sendable, Hashable, Codable {
        case text(String)
        /// Also of one or no element.
        case list([String])
        /// `$true` and `$false`, also for a switch.
        case flag(Bool)
        case number(Int)
        /// A PSCredential. The password is a reference until the driver writes the document for the host.
        case credential(username: String, password: SecretReference)
        /// A text with secrets in it, for what takes no PSCredential.
        case content(Content)
        /// In a step's undo: the `Value` of the object of this `Name` in the snapshot that is made before the change.
        case found(name: String)
        /// `$null`.
        case nothing
        /// A property of the object that the step's change answered, in the step's undo; where the change was cut off
        /// before it answered, `otherwise`.
        case answered(property: String, otherwise: String)
    }

    /// A property of an answered object, and how its values are compared.
    package struct Property: Sendable, Hashable, Codable {
        package var name: String
        package var form: PowerShellForm

        package init(_ name: String, _ form: PowerShellForm = .exact) {
            self.name = name
            self.form = form
        }
    }

    /// References to the secrets that the call needs.
    package var secrets: Set<SecretReference> {
        Set(
            parameters.flatMap { parameter -> [SecretReference] in
                switch parameter.value {
                case .credential(_, let reference): [reference]
                case .content(let content): content.secrets
                default: []
                }
            }
        )
    }

    /// The value of a parameter; `nil` where it is not given.
    package subscript(name: String) -> Value? { parameters.first { $0.name == name }?.value }
}

extension PowerShellCall: CustomStringConvertible {
    /// As a person would type it in Exchange's shell, with the name of each secret in its place.
    package var description: String {
        ([cmdlet] + parameters.map { "-\($0.name)\($0.value.typed)" }).joined(separator: " ")
    }
}

extension PowerShellCall.Value {
    /// A secret and nothing else.
    package static func secret(_ reference: SecretReference) -> Self { .content(Content([.secret(reference, .plain)])) }

    fileprivate var typed: String {
        switch self {
        case .text(let text): " " + Self.quoted(text)
        case .list(let texts): texts.isEmpty ? " @()" : " " + texts.map(Self.quoted).joined(separator: ",")
        case .flag(let isOn): isOn ? ":$true" : ":$false"
        case .number(let number): " \(number)"
        case .credential(let username, let password): " [credential \(Printable.line(username)), \(password)]"
        case .content(let content): " " + content.pieces.map(Self.shown).joined()
        case .found(let name): " [\(Printable.line(name)) as found]"
        case .nothing: " $null"
        case .answered(_, let otherwise): " " + Self.quoted(otherwise)
        }
    }

    private static func shown(_ piece: Content.Piece) -> String {
        switch piece {
        case .bytes(let bytes): Printable.line(String(decoding: bytes, as: UTF8.self))
        case .secret(let reference, _): "[secret \(reference)]"
        case .kept, .copied: ""
        }
    }

    private static func quoted(_ text: String) -> String { Printable.line(text).powerShellQuoted }
}
