import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

/// What is chosen to be shown changes nothing else: requirements with a default are easily forgotten in what wraps others.
@Suite struct DiscreetTests {
    @Test func `every server of the catalogue is what it is by itself`() throws {
        for case let discreet as Discreet in Catalog.products {
            let server = discreet.server
            #expect(discreet.name == server.name)
            #expect(discreet.factsScript == server.factsScript)
            #expect(discreet.questions.count == server.questions.count, "\(server.name)")
            #expect((discreet.interface == nil) == (server.interface == nil), "\(server.name)")
            #expect(discreet.section.map { "\($0)" } == server.section.map { "\($0)" }, "\(server.name)")
            #expect(discreet.keeping == server.keeping, "\(server.name)")
            #expect(discreet.limitations == server.limitations, "\(server.name)")
        }
        #expect(Catalog.posix.map(\.name).contains("postfix"))
        #expect(!Catalog.posix.map(\.name).contains("kerio"))
    }

    /// What we say ourselves in a survey, an answer or a probe is chosen like the host's own words.
    @Test func `no word of our own surveys, answers and probes is hidden`() throws {
        let glossary = Glossary(Glossary.mailWords)
        var hidden: Set<String> = []
        var count = 0
        for (file, text) in try Self.sources() {
            let isWhole = file.hasSuffix("Survey.swift") || file.contains("/Routing/")
            // What cannot be determined is said in sentences, of which nothing is hidden.
            let own = text.split(separator: "MARK: What cannot be told")[0]
            let parts = isWhole ? [own] : text.split(separator: "Survey(").dropFirst().map { $0.prefix(300) }
            let lines = parts.joined(separator: "\n").split(separator: "\n")
                .filter { !$0.drop { $0 == " " }.hasPrefix("//") && !$0.contains("unknown:") }
            // What is put into a text may have texts in it, so it is removed first.
            let code = lines.joined(separator: "\n")
                .replacing(/\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/, with: "1")
            count += code.isEmpty ? 0 : 1
            for literal in code.matches(of: /"((?:[^"\\\n]|\\.)*)"/) {
                let words = String(literal.1)
                // Single words are mostly names of settings and of questions.
                guard words.contains(" ") || words.contains("@"), !words.contains("`"), !words.contains("…") else {
                    continue
                }
                if glossary.value(words).contains("…") { hidden.insert("\(file): \(words): \(glossary.value(words))") }
            }
        }
        #expect(hidden.sorted() == [])
        #expect(count > 10)
    }

    private static func sources() throws -> [(file: String, text: String)] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/MailServers")
            .standardized
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }
            .filter { $0.pathExtension == "swift" && !$0.path.contains("/Suites/") }
            .map { ($0.path, try String(contentsOf: $0, encoding: .utf8)) }
    }

    @Test(arguments: [
        ("smtp://hunterx@host.example", "smtp:…@host.example"), ("//hunterx", "…"), ("//hunterx/host.example", "…"),
        ("https://host.example/relay", "https://host.example/relay"), ("smtp://192.0.2.1", "smtp://192.0.2.1"),
    ])
    func `of a URL's host part only a domain or an address is shown`(text: String, shown: String) {
        #expect(Glossary(["smtp", "https", "relay"]).value(text) == shown)
    }

    /// What is between backticks in our own texts is shown: a command that is half hidden is no advice.
    @Test func `no word of our own advice is hidden`() throws {
        let glossary = Glossary(Glossary.mailWords)
        var hidden: Set<String> = []
        for (file, text) in try Self.sources() {
            for literal in text.matches(of: /"((?:[^"\\\n]|\\.)*)"/) {
                for quoted in String(literal.1).matches(of: /`([^`\\]*)`/)
                where glossary.value(quoted.1).contains("…") && !quoted.1.contains("…") {
                    hidden.insert("\(file): \(quoted.1): \(glossary.value(quoted.1))")
                }
            }
        }
        #expect(hidden.sorted() == [])
    }

    /// Names of routers and transports that everybody with the product has, which say nothing of a host.
    ///
    /// Source: cPanel's API reference, `validate_current_installed_exim_config`; DirectAdmin's exim.conf 4.5; the
    /// configurations of the stand-ins (`Tests/Lab/servers`).
    @Test(arguments: [
        """
        address_pipe boxtrapper_autowhitelist central_filter central_user_filter check_mail_permissions democheck
        dkim_lookuphost dkim_remote_smtp fail_remote_domains has_alias_but_no_mailbox_discarded_to_prevent_loop
        increment_max_emails_per_hour_if_needed literal local_delivery_spam local_sa_delivery localuser_spam lookuphost
        remote_smtp sa_localuser userforward valias virtual_aliases virtual_aliases_nostar virtual_sa_user
        virtual_sa_userdelivery virtual_user_spam virtual_userdelivery_spam
        """,
        """
        domain_filter drop_solo_alias localuser lookuphost majordomo_aliases smart_route spamcheck_director
        system_aliases userautoreply userforward uservacation virtual_aliases virtual_aliases_nostar virtual_user
        """,
    ])
    func `the names of a vendor's own routers are shown`(_ names: String) {
        let glossary = Glossary(Glossary.mailWords)
        for name in names.split(whereSeparator: \.isWhitespace) { #expect(glossary.value(name) == name) }
    }
}
