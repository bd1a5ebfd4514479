import MTAPlan

extension SendConnector {
    /// Whether the values of these fields are such that they can be given to a cmdlet again, to put them back or in another
    /// connector.
    ///
    /// Exchange takes nothing else, so it is a host that lies, or a form of a value that is not known: nothing is written
    /// that was not understood, nor does it become part of a plan.
    ///
    /// - Throws: For the first one that is not.
    func check(_ fields: [ConnectorField]) throws(Failure) {
        for field in fields where !texts(field).allSatisfy({ Self.isUnderstood($0, field) }) {
            throw Failure(
                "\(field.rawValue) of the Send connector \"\(Printable.word(name))\" has a value that mtactl does not understand, "
                    + "and could not put back",
                hint: "run Get-SendConnector on the host and look at \(field.rawValue)"
            )
        }
    }

    private static func isUnderstood(_ text: String, _ field: ConnectorField) -> Bool {
        let value = field.form.elements(of: [text])[0]
        switch field {
        case .authenticationCredential, .dnsRoutingEnabled: return true
        case .addressSpaces: return isName(value.drop { $0.isLetter || $0.isNumber }.dropFirst(), with: ";")
        case .smartHosts, .fqdn, .tlsDomain, .sourceIPAddress: return isName(value[...], with: ":")
        case .sourceTransportServers: return isName(value[...])
        case .port, .smtpMaxMessagesPerConnection: return UInt32(value) != nil
        case .maxMessageSize: return UInt32(value) != nil || value == "unlimited"
        case .connectionInactivityTimeOut: return UInt32(value) != nil
        default: return !Glossary(Glossary.mailWords).value(value).contains("…")
        }
    }

    /// A name of a host or a domain, of any script, a pattern for some, or an address.
    static func isName(_ text: Substring, with more: String = "") -> Bool {
        text.allSatisfy { $0.isLetter || $0.isNumber || "-_.*".contains($0) || more.contains($0) }
    }
}
