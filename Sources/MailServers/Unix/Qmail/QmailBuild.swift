import MTAPlan

/// What this host's qmail-remote was built with, told by the words that are in the program.
///
/// A build ignores what it was not built for: a stock qmail-remote takes `:relay:587|user|password` for a relay on port
/// 587 and sends without a login.
struct QmailBuild: Sendable, Equatable {
    /// How `smtproutes` says which login a relay wants.
    enum Logins: Sendable, Equatable {
        /// `:relay:587|user|password`, and by sender in `authsenders`: SPAMCONTROL, s/qmail, qmail-authentication and what
        /// is made of them.
        ///
        /// Source: qmail-remote(8) and qmail-remote.c of sagredo-dev/qmail.
        case bars
        /// `:relay:587 user password`: Tom Clegg's qmail-remote-auth and John Simpson's patch, which logs in only under
        /// TLS.
        ///
        /// Source: Simpson's own page on smtproutes.
        case blanks
        /// In a file of another patch, which mtactl does not write.
        case elsewhere(String)
        case none
    }

    enum TLS: Sendable, Equatable {
        case none
        /// Where the relay offers it.
        case offered
        /// The same, and for hosts with a `control/tlshosts/HOST.pem` required and verified; port 465 is TLS from the start.
        case byHost
    }

    var logins: Logins
    var tls: TLS
    /// Whether the log tells of TLS: in most patches only where they are compiled with `DEBUG`.
    var logsTLS: Bool
    /// Whose it is: `notqmail`, `netqmail`, `qmail`.
    var name: String

    /// - Parameter words: The words of `qmail-facts.sh` that were found, one per line.
    init(words: String) {
        let found = Set(words.split(separator: "\n").map(String.init))
        tls = found.contains("control/tlshosts") ? .byHost : found.contains("STARTTLS") ? .offered : .none
        logsTLS = found.contains("STARTTLS proto=")
        logins =
            if found.contains("control/authsenders") {
                .bars
            } else if let file = ["control/remoteauth", "control/remotesecrets"].first(where: found.contains) {
                .elsewhere(file)
            } else if found.contains("AUTH LOGIN") || found.contains("AUTH PLAIN") {
                .blanks
            } else {
                .none
            }
        name = ["notqmail", "netqmail"].first(where: found.contains) ?? "qmail"
    }

    /// For people: `netqmail with TLS and logins (authsenders)`.
    var description: String {
        let login: String? =
            switch logins {
            case .bars: "logins (authsenders)"
            case .blanks: "logins (blanks)"
            case .elsewhere(let file): "logins (\(file))"
            case .none: nil
            }
        let parts = [tls == .none ? nil : "TLS", login].compactMap { $0 }
        return parts.isEmpty ? name : "\(name) with \(parts.joined(separator: " and "))"
    }
}

/// Where a row sends mail.
struct QmailRelay: Sendable, Equatable {
    var host: String
    var port: Int?
    var user: String?

    /// `nil` for the empty relay, which stands for the domain's own mail servers.
    init?(_ value: [UInt8], build: QmailBuild) {
        if value.isEmpty { return nil }
        var relay = value[...]
        switch build.logins {
        case .bars:
            let parts = value.split(separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
            relay = parts[0]
            user = parts.count == 3 ? parts[1].text : nil
        case .blanks:
            let parts = value.split(separator: 0x20, maxSplits: 2)
            relay = parts.first ?? []
            user = parts.count == 3 ? parts[1].text : nil
        case .elsewhere, .none: break
        }
        let name = relay.prefix { $0 != UInt8(ascii: ":") }
        host = name.text
        let digits = relay[name.endIndex...].dropFirst().prefix { (0x30...0x39).contains($0) }
        port = Int(digits.text)
    }

    /// As `smtproutes` has it, without login.
    var description: String { (host + (port.map { ":\($0)" } ?? "")).escaped }
}

/// What may be shown of a control file: nothing of a password, whether this build reads it or ignores it.
enum QmailMask {
    private static let hidden = Array("[secret]".utf8)

    static func line(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let bars = line.split(separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
        if bars.count == 3 { return Array(line[..<bars[2].startIndex]) + hidden }
        let row = line.drop { $0 == UInt8(ascii: "#") || $0 == 0x20 || $0 == 0x09 }
        let words = row.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == 0x20 || $0 == 0x09 }
        guard words.count == 3, words[0].contains(UInt8(ascii: ":")) else { return Array(line) }
        return Array(line[..<words[2].startIndex]) + hidden
    }
}
