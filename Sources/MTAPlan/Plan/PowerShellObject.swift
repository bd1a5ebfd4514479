internal import Crypto

/// An object that a call of the executor answered, projected to texts.
///
/// What a host says here is hostile: any text, of any length that the driver lets in.
package struct PowerShellObject: Sendable, Hashable {
    /// Keyed by the name of the property.
    package var properties: [String: Value]

    package init(_ properties: [String: Value]) { self.properties = properties }

    package enum Value: Sendable, Hashable {
        case nothing
        case text(String)
        case list([String])

        /// Of a list all elements, of nothing none.
        package var texts: [String] {
            switch self {
            case .nothing: []
            case .text(let text): text.isEmpty ? [] : [text]
            case .list(let texts): texts
            }
        }
    }

    /// A property's only text; `nil` where there is none, or several.
    package func text(_ name: String) -> String? {
        let texts = texts(name)
        return texts.count == 1 ? texts[0] : nil
    }

    /// A property's elements; none where it is missing.
    package func texts(_ name: String) -> [String] { properties[name]?.texts ?? [] }

    /// The text by which a property is compared; `nil` where it has no value.
    package func canonical(_ property: PowerShellCall.Property) -> String? {
        properties[property.name].flatMap { property.form.canonical($0) }
    }

    /// SHA-256, in hexadecimal, of these properties as they are compared, in the order of their names.
    package func digest(of properties: [PowerShellCall.Property]) -> String {
        let lines = properties.sorted { $0.name < $1.name }.map { property -> String in
            let value = canonical(property).map { "=\($0.utf8.count):\($0)" } ?? ""
            return "\(property.name)\(value)\n"
        }
        return SHA256.hash(data: Array(lines.joined().utf8)).hexadecimal
    }
}

/// The answer to a question that the executor was asked for facts.
package enum PowerShellAnswer: Sendable, Hashable {
    case objects([PowerShellObject])
    /// The words of the first error.
    case failed(String)
    /// There is no such cmdlet in this shell.
    case unknownCmdlet

    package var objects: [PowerShellObject] { if case .objects(let objects) = self { objects } else { [] } }
}

/// A question of a product to a Windows host: its answer is in `Facts.objects` under the key.
package struct PowerShellQuestion: Sendable, Hashable {
    /// `exchange.connectors`.
    package var key: String
    package var call: PowerShellCall
    /// Asked only for `mtactl facts`.
    package var isForSurvey: Bool

    package init(_ key: String, _ call: PowerShellCall, isForSurvey: Bool = false) {
        self.key = key
        self.call = call
        self.isForSurvey = isForSurvey
    }
}
