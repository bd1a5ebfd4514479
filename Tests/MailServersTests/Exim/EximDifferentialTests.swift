import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

/// How Exim would handle messages, and that a plan which changes more than it is asked for is seen.
@Suite struct EximDifferentialTests {
    /// What is wrong on purpose with a proposal.
    enum Fault: String, Sendable {
        /// Our routers are before all of the host's.
        case place
        /// They have nothing of those whose place they take.
        case models
        /// What jumps to one of the host's routers goes on jumping there.
        case redirections
        /// A row is for a domain of the host's own, and nothing but the comparison looks.
        case ownDomain
    }

    private static let routes = FixtureRoutes.everyone(via: FixtureRoutes.plain)

    private static func facts(_ name: String) throws -> Facts {
        try #require(try Fixture.all(of: "exim").first { $0.name == name }).facts
    }

    private static func differential(_ work: POSIXWork, _ facts: Facts) throws -> Differential {
        try EximComparison(of: work, for: routes, given: facts).differential(probing: [])
    }

    private static func proposal(_ facts: Facts) throws -> Proposal {
        try Exim().proposal(for: routes, extras: ServerExtras(), given: facts, secrets: FixtureRoutes.secrets)
    }

    // MARK: It can see

    @Test(arguments: [
        ("wild-copies", Fault.place), ("wild-refuses-domains", .place), ("wild-filter", .place),
        ("wild-table-of-domains", .place), ("wild-no-final-line-break", .place), ("wild-srs", .models),
        ("wild-address-data", .models), ("wild-redirect-router", .redirections),
        ("refuses-a-domain-in-a-folder", .ownDomain),
    ])
    func `a plan that changes more than is asked for is refused by the comparison, and by nothing else`(
        _ name: String,
        _ fault: Fault
    ) throws {
        var facts = try Self.facts(name)
        facts.answers["mta.programs"] = Facts.Answer(output: Array("exim\n".utf8))
        let routes = fault == .ownDomain ? FixtureRoutes.recipients : Self.routes
        if fault != .ownDomain {
            let right = try Self.differential(try Self.proposal(facts).changes, facts)
            #expect(right.objection(to: routes, by: Exim().glossary(for: routes)) == nil)
        }
        let work = try Self.work(with: fault, facts)

        #expect(Self.plan(SwitchableServer(Exim(), work: work, compares: true), routes, facts).outcome == .refused)
        #expect(Self.plan(SwitchableServer(Exim(), work: work, compares: false), routes, facts).outcome == .wouldChange)
    }

    private static func plan(_ server: SwitchableServer, _ routes: Routes, _ facts: Facts) -> SitePlan {
        Planner(catalog: [server]).plan(
            Play(name: "all", hosts: "all", mta: .named("exim"), routes: routes),
            verify: nil,
            for: "host1",
            mta: .auto,
            facts: facts,
            secrets: FixtureRoutes.secrets
        )
    }

    /// The proposal as it would be with the fault.
    private static func work(with fault: Fault, _ facts: Facts) throws -> POSIXWork {
        let host = try EximHost(facts)
        var site = try EximRefusals(routes: routes, host: host, secrets: FixtureRoutes.secrets).checked()
        let routes = fault == .ownDomain ? FixtureRoutes.recipients : routes
        if fault == .models {
            site.models = [EximModel(suffixes: ["": ""])]
            site.twins = [EximTwin(lines: site.twins[0].lines)]
        }
        let blocks = EximBlocks(routes, on: site)
        let files = fault == .place ? before(all: blocks, host) : try EximEditor(host: host, blocks: blocks).files()
        let changes = try files.compactMap { path, text -> FileChange? in
            guard var text = text?.bytes.text else { return nil }
            if fault == .redirections {
                text = text.replacing(
                    try Regex("redirect_router = mtactl_[a-z_]+"),
                    with: "redirect_router = dnslookup"
                )
            }
            return try FileChange(
                path: path,
                found: facts.file(path).map(FileChange.Found.file) ?? .absent,
                wanted: .file(
                    Content(Array(text.utf8)),
                    mode: FileMode(rawValue: 0o644),
                    owner: "root",
                    group: "root"
                ),
                kind: .configuration,
                secrets: Secrets()
            )
        }
        return POSIXWork(files: changes, reload: [])
    }

    private static func before(all blocks: EximBlocks, _ host: EximHost) -> [(path: String, text: EximText?)] {
        if host.layout == .split {
            let text = { (lines: [String]) in EximText(Array(lines.map { $0 + "\n" }.joined().utf8)) }
            return [
                ("\(host.folder)/conf.d/router/01_mtactl", text(blocks.routers)),
                ("\(host.folder)/conf.d/transport/29_mtactl", text(blocks.transports)),
            ]
        }
        var text = host.sources[host.sources.count - 1].text
        for (section, lines) in [("routers", blocks.routers), ("transports", blocks.transports)] {
            let start = text.lines.firstIndex { $0[...].trimmed.text == "begin \(section)" } ?? 0
            text.insert([EximText.begin] + lines + [EximText.end], at: start + 1)
        }
        return [(host.sources[host.sources.count - 1].path, text)]
    }

    // MARK: Many rows

    @Test func `eight times the rows, domains and senders take far less than sixty-four times the processor time`()
        throws
    {
        let few = try (0..<3).map { _ in try Self.duration(ofPlanning: 60) }.min() ?? .zero
        let many = try Self.duration(ofPlanning: 480)

        #expect(many < few * 28 + .milliseconds(20), "\(few), \(many)")
    }

    private static func duration(ofPlanning count: Int) throws -> Duration {
        var facts = try facts("wild-table-of-domains")
        let names = (0..<count).map { "d\($0).example" }
        let list = "domainlist local_domains = @ : lsearch;/etc/hosted\ndomainlist relay_to_domains = \n"
        facts.answers["exim.lists"]?.output = Array(list.utf8)
        facts.answers["exim.local"] = Facts.Answer(output: Array(names.map { $0 + "\n" }.joined().utf8))
        let filter = Route.via(FixtureRoutes.filter)
        let routes = Routes(
            defaultRoute: filter,
            recipients: (0..<count).map { RecipientRow(domain: .exactly("r\($0).example"), route: filter) },
            senders: (0..<count).map { SenderRow(sender: .domain("s\($0).example"), route: filter) }
        )
        return try processorTime {
            let secrets = FixtureRoutes.secrets
            let proposal = try Exim().proposal(for: routes, extras: ServerExtras(), given: facts, secrets: secrets)
            let found = Exim().differential(of: proposal, for: routes, given: facts, probing: [])
            #expect(try #require(found).objection(to: routes, by: Exim().glossary(for: routes)) == nil)
        }
    }

    // MARK: What it says

    private static func handling(_ probe: Probe, of name: String) throws -> Handling {
        try EximWalk(EximHost(facts(name)), withOurs: false, routes: Routes()).answer(to: probe).handling
    }

    private static let stranger = "anybody@elsewhere.example"

    @Test func `a copy, a refusal and a filter are told beside the way`() throws {
        let probe = Probe(from: Self.stranger, to: Self.stranger)
        let copied = try Self.handling(probe, of: "wild-copies")
        #expect(copied.place == .direct)
        #expect(copied[.copies] == "archive_outgoing")
        #expect(copied[.way] == "dnslookup, remote_smtp")

        let refused = try Self.handling(probe, of: "wild-refuses-domains")
        #expect(refused[.refusal]?.contains("no_mail_to") == true)

        #expect(try Self.handling(probe, of: "wild-filter")[.filter]?.hasPrefix("scan") == true)
        let back = Probe(from: Self.stranger, to: Self.stranger, origin: .filter)
        #expect(try Self.handling(back, of: "wild-filter")[.filter] == nil)
    }

    @Test func `forwarded mail has its way back, and its secret is not shown`() throws {
        let probe = Probe(from: Self.stranger, to: Self.stranger, origin: .forwarded(by: ""))
        let forwarded = try Self.handling(probe, of: "wild-srs")

        #expect(forwarded[.returnPath]?.contains("srs_encode") == true)
        #expect(try Self.handling(Probe(from: Self.stranger, to: Self.stranger), of: "wild-srs")[.returnPath] == nil)
        let entry = Differential.Entry(probe, before: forwarded, after: forwarded)
        let shown = Differential([entry]).shown(by: Exim().glossary(for: Self.routes)).entries[0].before
        #expect(shown[.returnPath] == "…" && !"\(shown)".contains("SRS_SECRET"), "\(shown)")
    }

    @Test func `mail for the host's own is kept, and mail for nobody goes direct`() throws {
        let host = try Self.facts("wild-table-of-domains").hostName
        let own = Probe(from: Self.stranger, to: "root@\(host)", origin: .outside)
        #expect(try Self.handling(own, of: "wild-table-of-domains").place == .host)
        let out = try Self.handling(Probe(from: "", to: Self.stranger), of: "wild-table-of-domains")
        #expect(out.place == .direct)
        #expect(out[.decidedBefore] == "perhaps internal")
    }

    // MARK: Expressions

    @Test(arguments: [
        ("a $sender_address_domain b", "a example.com b"), ("${lc:ABC}", "abc"), ("${domain:x@y}", "y"),
        ("${if eq {$domain}{example.org} {yes}{no}}", "yes"), ("${if !eq{$domain}{example.org}{yes}{no}}", "no"),
        ("${if def:sender_address {a}}", "a"), ("${if and {{def:domain}{eq{a}{b}}} {a}{b}}", "b"),
        ("${if or {{eq{a}{a}}{match{$h_x:}{y}}} {a}{b}}", "a"), ("\\N${a}\\N", "${a}"), ("a\\$b", "a$b"),
        ("${if match_ip {$sender_host_address} {<; 10.0.0.0/8 ; ::1} {a}{b}}", "b"),
        ("${if eq {$h_subject:}{x} {same}{same}}", "same"),
        ("${lookup {$domain} nwildlsearch {/rows} {$value}{none}}", "below"),
        ("${lookup {me@EXAMPLE.com} lsearch*@ {/rows} {$value}{none}}", "domain"),
        ("${lookup {odd key} lsearch {/rows}}", "quoted"), ("${lookup {x} lsearch {/rows} {$value}{none}}", "none"),
    ])
    func `an expression comes to what Exim makes of it`(_ text: String, _ wanted: String) {
        #expect(Self.value(text) == .known(wanted))
    }

    @Test(arguments: [
        "${perl{check_limits}}", "$h_subject:", "${if exists{/elsewhere}{a}{b}}", "${lookup{x}dsearch{/etc}}", "${if",
        "${",
        "${extract{1}{:}{$domain}}", "${lookup mysql {SELECT 1} {a}{b}}", "${if match{$domain}{a}{b}{c}}",
        "${if newcondition {a}{b}{c} {d}}", "${run{/bin/x}}", "${if and {{def:h_x:}} {a}{b}}",
    ])
    func `what hangs on more than the message is unknown`(_ text: String) {
        #expect(Self.value(text) == .unknown)
    }

    @Test func `a failure that is asked for is one`() {
        #expect(Self.value("${if eq {a}{b} {x} fail}") == .failed)
        #expect(Self.value("${lookup {x} lsearch {/rows} {$value} fail}") == .failed)
    }

    private static func value(_ text: String) -> EximValue {
        let rows = "# a comment\n\"odd key\": quoted\n*@example.com: domain\n*.org below\nexample.org.x: no\n"
        let file = FoundFile(
            realPath: "/rows",
            bytes: Array(rows.utf8),
            mode: FileMode(rawValue: 0o644),
            owner: "root",
            group: "root"
        )
        let files = EximFiles(Facts(files: ["/rows": .file(file)]))
        let probe = Probe(from: "me@example.com", to: "you@example.org", origin: .outside)
        return EximMessage(probe, forwardedFor: "", on: Facts(), files).expansion.value(of: text)
    }
}
