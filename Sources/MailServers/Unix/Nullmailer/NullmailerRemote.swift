import MTAPlan

/// A line of nullmailer's `remotes`: a host, a protocol and its options, divided into words as a shell would.
///
/// Source: nullmailer-send(8), "remotes"; lib/argparse.cc and src/send.cc of 2.2.
struct NullmailerRemote: Sendable {
    let host: String
    /// Without the dashes that may be before each.
    private let options: [String]

    init?(_ line: String) {
        guard let words = ShellWords.split(line.trimmedText), let host = words.first else { return nil }
        self.host = host
        options = words.dropFirst(2).map { $0.hasPrefix("--") ? String($0.dropFirst(2)) : $0 }
    }

    /// The value of the last option of this name.
    func value(of name: String) -> String? {
        options.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// Where quotes or line breaks are amiss, options can be part of the host's word.
    var route: String { (host + (value(of: "port").map { ":\($0)" } ?? "")).shownAsHost }

    var tls: String? {
        let mode = ["starttls", "tls", "ssl"].first(where: options.contains)
        return mode.map { options.contains("insecure") ? "\($0), certificate not verified" : "\($0), verified" }
    }

    /// Whether nullmailer takes the line for a remote: not for a comment, and not for an empty one.
    static func isRemote(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmed
        return !text.isEmpty && text.first != UInt8(ascii: "#")
    }

    /// One line a host, in the order in which they are tried.
    static func lines(for smarthost: Smarthost) -> SecretLines {
        var lines = SecretLines()
        for host in smarthost.hosts {
            var line = "\(host) smtp port=\(smarthost.port)"
            if smarthost.tls != .none { line += smarthost.port == 465 ? " tls" : " starttls" }
            if smarthost.tls == .required { line += " insecure" }
            if let login = smarthost.login {
                line += " user=\(Content.Encoding.singleQuoted.text(login.username)) pass="
                lines.append(line, login.password, as: .singleQuoted)
            } else {
                lines.append(line)
            }
        }
        return lines
    }
}

extension String {
    fileprivate var trimmedText: String { Array(utf8).trimmed.text }
}
