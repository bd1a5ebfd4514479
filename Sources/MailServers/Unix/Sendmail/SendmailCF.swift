import MTAPlan

/// What is read of a sendmail.cf: macros, maps, options and mailers.
///
/// Source: op.me, section 5; a line that begins with white space continues the one before.
struct SendmailCF: Sendable {
    private let lines: [String]

    /// Of what the facts script picks out of it.
    init(_ facts: Facts) {
        var lines: [String] = []
        for line in (facts.answers["sendmail.lines"]?.output ?? []).split(separator: 0x0A)
        where line.first != UInt8(ascii: "#") {
            if line.first?.isBlank == true, !lines.isEmpty {
                lines[lines.count - 1] += " " + line.trimmed.text
            } else {
                lines.append(line.text)
            }
        }
        self.lines = lines
    }

    /// A macro with a name of one letter: `S` is the smarthost.
    func macro(_ name: Character) -> String? { value(after: "D\(name)") }

    /// Whether it decides on routes at all; that of a null client sends everything to its hub: cf/README, nullclient.
    var isWhole: Bool { lines.contains("SParse1") }

    func option(_ name: String) -> String? { value(after: "O \(name)=") }

    /// The definition of a mailer, less its name: `P=[IPC], F=…, A=TCP $h`.
    func mailer(_ name: String) -> String? {
        value(after: "M\(name),").map { String($0.drop { $0 == " " || $0 == "\t" }) }
    }

    /// The port to which a mailer connects, if it is one that does: the last of its arguments.
    func port(of mailer: String) -> Int? {
        guard let arguments = self.mailer(mailer)?.ranges(of: "A=").last else { return nil }
        let words = (self.mailer(mailer) ?? "")[arguments.upperBound...].split { $0 == " " || $0 == "\t" }
        guard words.first == "TCP" || words.first == "IPC" else { return nil }
        return words.count > 2 ? Int(words[2]) : 25
    }

    /// A map's class, and its file where it is one that makemap makes.
    func map(_ name: String) -> (type: String, path: String?)? {
        guard let words = value(after: "K\(name) ")?.split(separator: " "), let type = words.first else { return nil }
        let isFile = ["hash", "btree", "cdb", "dbm"].contains(type)
        let path = isFile ? words.last.map { $0.hasSuffix(".db") ? String($0.dropLast(3)) : String($0) } : nil
        return (String(type), path)
    }

    private func value(after start: String) -> String? {
        lines.last { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }
}
