import MTAPlan

/// Where mail is given to something else before it is routed: content filters and FILTER and HOLD rules.
///
/// Source: FILTER_README, access(5), header_checks(5).
struct PostfixFilters: Sendable {
    struct Filter: Sendable {
        var words: String
        /// Whether it goes to another host, so that no route of this one is asked any more.
        var isFinal: Bool
    }

    private let ofAll: String
    /// Of services: `pickup`, and `smtp inet`.
    private let local: String?
    private let outside: String?
    private let access: PostfixLookup
    private let holds: Bool

    init(_ settings: PostfixSettings, _ services: [MasterCF.Service], _ facts: Facts) {
        ofAll = settings("content_filter")
        local = services.last { $0.command == "pickup" }?.option("content_filter")
        outside = services.first { $0.command == "smtpd" && $0.name.hasSuffix("smtp") }?.option("content_filter")
        access = PostfixLookup(Self.senderTables(settings).joined(separator: ", "), on: facts)
        holds = Self.rules(settings, facts).contains { $0.action == "HOLD" && $0.isOfTestMessage != false }
    }

    /// Senders with a FILTER of their own.
    var senders: [String] {
        access.keys.filter { key in
            if case .found(let action) = access.find(key) { action.uppercased().hasPrefix("FILTER ") } else { false }
        }
    }

    func filter(of probe: Probe) -> Filter? {
        var value: String
        switch probe.origin {
        case .filter: return nil
        case .local: value = local ?? ofAll
        case .outside, .forwarded:
            value = outside ?? ofAll
            if case .found(let action) = access.find(sender: probe.sender, empty: "<>"),
                action.uppercased().hasPrefix("FILTER ")
            {
                value = String(action.dropFirst("FILTER ".count))
            }
        }
        let held = holds ? "held by header_checks" : nil
        let words = [value.isEmpty ? nil : value, held].compactMap(\.self).joined(separator: "; ")
        return words.isEmpty ? nil : Filter(words: words, isFinal: Self.isElsewhere(value))
    }

    /// Whether a filter is another host, from which mail does not come back to be routed.
    static func isElsewhere(_ filter: String) -> Bool {
        let hosts = NextHops(PostfixRoute(filter, "").nextHop).hosts
        let isNear = { (host: String) in
            host.hasPrefix("127.") || host == "localhost" || host.contains("::1") || host.hasPrefix("unix")
                || host.hasPrefix("/") || !host.contains(".")
        }
        return !hosts.isEmpty && !hosts.contains(where: isNear)
    }

    /// The middle of each `smtpd_…_restrictions`, in the order in which they are asked: SMTPD_ACCESS_README.
    static let restrictions = ["client", "helo", "sender", "relay", "recipient", "data"]

    /// The tables of `check_sender_access` in the restrictions of main.cf.
    static func senderTables(_ settings: PostfixSettings) -> [String] {
        restrictions.flatMap { part in
            let words = MapList.texts(settings("smtpd_\(part)_restrictions"))
            return zip(words, words.dropFirst()).filter { $0.0 == "check_sender_access" }.map(\.1)
        }
    }

    /// One rule of header_checks.
    struct Rule: Sendable {
        var pattern: String
        var action: String
        /// What stands behind the action: of FILTER, where mail goes.
        var target: String
        /// Whether it is true of a message that mtactl sends; `nil` where that cannot be determined.
        let isOfTestMessage: Bool?

        /// `/pattern/flags ACTION text`, or `nil` for any other line.
        init?(_ line: String) {
            let body = line.dropFirst()
            guard line.hasPrefix("/"), let end = body.lastIndex(of: "/") else { return nil }
            let words = body[body.index(after: end)...].split { $0 == " " || $0 == "\t" }
            // Flags are small letters right behind the pattern.
            guard let at = words.firstIndex(where: { $0.contains(where: \.isUppercase) }) else { return nil }
            let pattern = String(body[..<end])
            self.pattern = pattern
            action = words[at].uppercased()
            target = words[at...].dropFirst().joined(separator: " ")
            let matcher = TablePattern(pattern)
            isOfTestMessage = matcher.flatMap { TestHeaders.match($0, written: pattern) }
        }
    }

    /// The rules of header_checks, where they can be read here.
    static func rules(_ settings: PostfixSettings, _ facts: Facts) -> [Rule] {
        var rules: [Rule] = []
        for item in MapList.texts(settings("header_checks")) {
            guard let (type, path) = MapList.table(item), ["regexp", "pcre"].contains(type), let file = facts.file(path)
            else { continue }
            let text = ConfigLines(file.bytes)
            rules += text.logical.compactMap { Rule(text.content(of: $0).text) }
        }
        return rules
    }
}
