/// All that a mail server does with a message, in words that two answers can be compared by.
///
/// They may be the host's own words: `Differential.shown(by:)` chooses what is shown of them.
package struct Handling: Sendable, Hashable {
    /// Where the message goes.
    package enum Place: Sendable, Hashable {
        /// To a mailbox, program or server of the host's own: its local, hosted and relayed domains.
        case host
        /// To the mail servers of the recipient's domain.
        case direct
        /// To the server that is the next hop.
        case relay
        /// To nobody, or to something that decides later: refused, held, discarded, given to a filter.
        case elsewhere
    }

    /// One part of the answer; in the order in which they are shown.
    package enum Property: String, Sendable, Hashable, CaseIterable, Comparable {
        /// The transport, mailer or router and transport.
        case way
        /// Hosts in the order in which they are tried, separated by `, `, without brackets and ports.
        case nextHop = "next hop"
        case port
        /// `TLSPolicy`'s word, or more where it needs more.
        case tls = "TLS"
        /// The user name that would be offered.
        case login
        /// Rules of the host's own that have the message, or may have it, before any default.
        case decidedBefore = "decided before by"
        case copies
        case refusal
        case filter
        case sourceAddress = "source address"
        case helo = "HELO"
        case returnPath = "return path"
        case signature
        case headers
        case limits
        case otherOptions = "other options"

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package var place: Place
    private var values: [Property: String]

    package init(_ place: Place, _ values: [Property: String] = [:]) {
        self.place = place
        self.values = values.filter { !$0.value.isEmpty }
    }

    /// `nil` where there is nothing to say of it.
    package subscript(property: Property) -> String? {
        get { values[property] }
        set { values[property] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// Every property that there is something to say of, in order.
    package var properties: [(property: Property, value: String)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The same with each value put in other words.
    func mapValues(_ words: (String) -> String) -> Handling { Handling(place, values.mapValues(words)) }

    /// The properties in which two answers differ, in order.
    package func differences(to other: Handling) -> [Property] {
        Property.allCases.filter { values[$0] != other.values[$0] }
    }
}

extension Handling.Place {
    package var words: String {
        switch self {
        case .host: "kept by the host"
        case .direct: "direct"
        case .relay: "to a relay"
        case .elsewhere: "not sent on by itself"
        }
    }
}

extension Handling: CustomStringConvertible {
    package var description: String { words(of: Property.allCases) }

    /// Some of the properties, also those that there is nothing to say of: `HELO mail.example, no limits`.
    package func values(of wanted: [Property]) -> String {
        wanted.map { property in
            self[property].map { "\(property.rawValue) \(Printable.line($0))" } ?? "no \(property.rawValue)"
        }.joined(separator: ", ")
    }

    /// The place and some of the properties: `direct (way smtp, TLS opportunistic)`.
    package func words(of wanted: [Property]) -> String {
        let shown = properties.filter { wanted.contains($0.property) }
            .map { "\($0.property.rawValue) \(Printable.line($0.value))" }
        return shown.isEmpty ? place.words : "\(place.words) (\(shown.joined(separator: ", ")))"
    }
}
