import Foundation
package import MTAPlan

/// A password that was on a host before mtactl, made by chance, and put somewhere into one of its files.
package struct PlantedSecret: Sendable {
    package let text: String
    /// As many bytes of it in a row as no other text has by chance.
    private static let telling = 6

    /// `kind`: Which alphabet it is made of; every number is one.
    package init(kind: Int, _ next: () -> Int) {
        func one(_ set: String) -> String { String(Array(set)[next() % set.count]) }
        let letters = "bcdfghjkmpqrtvwxz"
        switch kind % 5 {
        case 0: text = (0..<6).map { _ in one(letters) + one("23456789") + one(letters.uppercased()) }.joined()
        // With signs that mean something to readers of files.
        case 1:
            text = (0..<4).map { _ in
                one(letters.uppercased()) + one("23456789") + one(letters) + one(letters.uppercased())
            }
            .joined(separator: one("!%&*+~^.-_/"))
        case 2: text = (0..<14).map { _ in one(letters) }.joined()
        case 3: text = (0..<12).map { _ in one("0123456789") }.joined()
        default: text = (0..<16).map { _ in one(letters) + one("0123456789") }.joined()
        }
    }

    /// A line of a file with the secret in it, as people write one.
    package func line(_ form: Int, of line: String) -> String {
        let text = text
        let name = line.prefix { $0 != "=" && $0 != " " && $0 != ":" }
        let forms: [String] = [
            "# \(text)", "#\(name) = \(text)", "\(name) = \(text)", "\(name)=\(text)", "\(name) \(text)",
            "\(line) \(text)", "\(line),\(text)", "\(line):\(text)", "  \(text)", "\t-o \(name)=user:\(text)",
            "\(name) = \"user:\(text)\"", "\(name) = static:user:\(text)", "\(name) = {\(text)}",
            "  flags=R user=\(text) argv=/usr/bin/x --api-key \(text)", "  client_send = : user : \(text)",
            "  server_condition = ${if eq{$auth2}{\(text)}{1}{0}}", "table creds { label = \"user:\(text)\" }",
            "define(`\(name)', `\(text)')dnl", "dnl \(text)", "\(line)\\\n  \(text)", "\(line)\n  \(text)",
            "password \(text)", ":\(text):25", "x.example:\(text)", "user|host.example:\(text)",
            "#mtactl# \(name) = \(text)", "\(text)", "\(text) = \(name)", "[relay.example.net]:587 user:\(text)",
            "relay.example.net smtp --user=me --pass=\(text)", "AuthPass=\(text)", "\(name)@\(text)", "`\(text)`",
            "action \"x\" relay host \"smtp://\(text)@host.example\" auth <creds>", "accept hosts = \(text)",
        ]
        return forms[form % forms.count]
    }

    package static let forms = 35

    /// Whether a text shows a part of it that tells.
    package func isIn(_ shown: String) -> Bool {
        let (bytes, shown) = (Array(text.lowercased().utf8), Array(shown.lowercased().utf8))
        return (0...(bytes.count - Self.telling)).contains { start in
            shown.firstRange(of: bytes[start..<(start + Self.telling)]) != nil
        }
    }

    /// The facts with the secret in one of the files that were read, and its path.
    package func planted(in facts: Facts, _ next: () -> Int) -> (facts: Facts, place: String) {
        var planted = facts
        let files = facts.read.sorted { $0.key < $1.key }
        var (path, file) = files[next() % files.count]
        file.bytes = self.planted(in: file.bytes, form: next(), at: next())
        planted.files[path] = .file(file)
        return (planted, path)
    }

    /// The facts with the secret in what a product answered of its configuration, and where; `nil` where it told nothing.
    ///
    /// Names stay: they are how a connector, a rule or a server is known to people and to playbooks.
    package func plantedInAnswers(of facts: Facts, _ next: () -> Int) -> (facts: Facts, place: String)? {
        var planted = facts
        let objects = facts.objects.keys.sorted().filter { facts.objects[$0]?.objects.isEmpty == false }
        let calls = facts.calls.keys.sorted().filter { facts.calls[$0]?.result != nil }
        guard let key = (objects + calls).isEmpty ? nil : (objects + calls)[next() % (objects + calls).count] else {
            return nil
        }
        if var found = facts.objects[key]?.objects, !found.isEmpty {
            let index = next() % found.count
            let names = found[index].properties.keys.filter { !Self.names.contains($0) }.sorted()
            guard !names.isEmpty else { return nil }
            let name = names[next() % names.count]
            let old = found[index].texts(name)
            var new = line(next(), of: old.first ?? "x")
            // The name of a host is one whatever it is made of.
            if Self.hosts.contains(name), !new.contains(where: { " =`\"{<".contains($0) }) {
                new = "# \(new)"
            }
            found[index].properties[name] = next() % 3 > 0 || old.isEmpty ? .text(new) : .list(old + [new])
            planted.objects[key] = .objects(found)
            return (planted, "\(name) of \(key)")
        }
        guard let value = facts.calls[key]?.result else { return nil }
        planted.calls[key] = .result(self.planted(in: value, next))
        return (planted, key)
    }

    private static let names: Set<String> = [
        "Name", "Guid", "Computer", "OriginatingServer", "DomainName",
    ]
    private static let hosts: Set<String> = [
        "Fqdn", "SmartHosts", "AddressSpaces", "TlsDomain", "SourceTransportServers", "SourceIPAddress",
    ]

    private func planted(in value: APIValue, _ next: () -> Int) -> APIValue {
        switch value {
        case .text(let text): return .text(line(next(), of: text))
        case .list(var values) where !values.isEmpty:
            let index = next() % values.count
            values[index] = planted(in: values[index], next)
            return .list(values)
        case .object(var members):
            let names = members.keys.filter { $0 != "description" }.sorted()
            guard !names.isEmpty, next() % 8 > 0 else {
                members["more"] = .text(text)
                return .object(members)
            }
            let name = names[next() % names.count]
            members[name] = name == "hostName" ? .text("# \(text)") : members[name].map { planted(in: $0, next) }
            return .object(members)
        case .null, .flag, .integer, .number, .list: return value
        }
    }

    /// The file with the secret in a line of its own, or within one where `place` falls.
    package func planted(in bytes: [UInt8], form: Int, at place: Int) -> [UInt8] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        let index = place % lines.count
        let old = String(decoding: lines[index], as: UTF8.self)
        // What means something in a form is made of a line that says something.
        let model = old.isEmpty || old.hasPrefix("#") ? "relayhost = x" : old
        let new = Array(line(form, of: model).utf8)
        if place % 3 == 0, !old.contains("mtactl") { lines[index] = new } else { lines.insert(new, at: index) }
        return Array(lines.joined(separator: [0x0A]))
    }
}

extension MailServer {
    /// Everything that is shown of a host, saved of it or written into a report, whatever becomes of the plan.
    package func shown(
        _ routes: Routes,
        extras: ServerExtras,
        _ facts: Facts,
        _ secrets: Secrets
    ) throws -> [String] {
        var shown = ["\(survey(facts))", recognition.version(facts) ?? ""]
        var work: Work?
        do throws(Failure) {
            let proposal = try proposal(for: routes, extras: extras, given: facts, secrets: secrets)
            work = proposal.work
            shown.append(planText(of: proposal, withAnswers: false))
            shown += proposal.edits.map { "\($0)" } + proposal.notes
            if let differential = differential(of: proposal, for: routes, given: facts, probing: []) {
                let glossary = glossary(for: routes)
                let seen = differential.shown(by: glossary)
                shown += seen.entries.map { "\($0.probe) \($0.before) \($0.after)" } + seen.unknown
                shown += (differential.objection(to: routes, by: glossary)?.lines ?? [])
            }
        } catch {
            shown += error.lines
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return try shown + [String(decoding: encoder.encode(work), as: UTF8.self)]
    }
}
