package import MTAPlan

/// The change of an Exchange 2000 or 2003, from an export of its entries to two files of changes.
package struct LegacyExchangeChange: Sendable {
    package var edits: [Edit]
    package var notes: [String]
    /// For `ldifde -i -f`: what leads to what is asked for, and what leads back.
    package var forward: String
    package var back: String

    /// - Throws: What is no export, and what cannot be done through the directory, with how to do it by hand.
    package init(export: [UInt8], routes: Routes, extras: ServerExtras) throws(Failure) {
        let entries = try LDIFEntries.read(export)
        let plan = try LegacyExchange(entries).plan(
            for: routes,
            extras[ExchangeSettings.self] ?? ExchangeSettings()
        )
        edits = plan.edits
        notes = plan.notes
        forward = plan.forward.text
        back = plan.forward.inverse.text
    }

    /// Whether a file begins as such an export does.
    package static func isExport(_ bytes: [UInt8]) -> Bool {
        let head = String(decoding: bytes.prefix(200), as: UTF8.self).lowercased()
        return head.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") }
            .map { $0.hasPrefix("dn:") || $0.hasPrefix("version:") } ?? false
    }
}
