package import MTAPlan

/// What the directory has of an Exchange 2000 or 2003 organisation, as the file that a change is made from.
package struct LegacyExchangeExport: Sendable {
    package static let question = LegacyExchange.question

    /// As `ldifde -f` writes them; it shows how things were.
    package var text: String
    /// One line for each connector: for which addresses it is, and through what it sends.
    package var lines: [String]

    /// - Throws: When there is no SMTP connector among the entries.
    package init(_ entries: [DirectoryEntry]) throws(Failure) {
        let found = LegacyExchange(entries)
        guard !found.connectors.isEmpty else {
            throw Failure(
                "the directory has no SMTP connector of Exchange 2000 or 2003",
                hint: "is Exchange installed in this forest, and may the account read the configuration partition?"
            )
        }
        text = LDIFEntries.text(found.connectors + found.servers)
        lines =
            (found.connectors.map(LegacyExchange.line(ofConnector:)) + found.servers.map(LegacyExchange.line(ofServer:)))
            .sorted()
    }
}

extension LegacyExchange {
    /// Names are shown as they are, of other values what has a harmless form.
    private static let glossary = Glossary(for: Routes())

    fileprivate static func line(ofConnector connector: Entry) -> String {
        let hosts = glossary.value(connector.values(smartHost).joined(separator: ", "))
        let spaces = glossary.value(connector.values("routingList").joined(separator: ", "))
        let way = hosts.isEmpty ? "by DNS" : "through \(hosts)"
        return Printable.line("SMTP connector \(connector.title): \(spaces) \(way)")
    }

    fileprivate static func line(ofServer server: Entry) -> String {
        let port = glossary.value(server.values(port).first ?? "25")
        return Printable.line("SMTP virtual server \(server.title): sends to port \(port)")
    }
}
