import MTAPlan
import Support
import Testing

@testable import MailServers

/// Conditions and macros are what they are at their place; what only the program itself can tell is not guessed.
@Suite struct EximConditionTests {
    private static let dns = EximByHand.dns
    private static let srs = EximByHand.driver("fwd_smtp", "driver = smtp", "return_path = ${srs_encode {s}{a}{b}}")

    @Test(arguments: [
        ".ifdef _HAVE_SRS\n  transport = fwd_smtp\n.else\n  transport = remote_smtp\n.endif",
        ".ifndef _HAVE_SRS\n  transport = remote_smtp\n.else\n  transport = fwd_smtp\n.endif",
        ".ifdef OTHER\n  transport = other\n.elifdef _HAVE_SRS\n  transport = fwd_smtp\n.else\n"
            + "  transport = remote_smtp\n.endif",
        "  transport = remote_smtp\n.ifdef _OPT_ROUTER_SET\n  unseen\n.endif",
    ])
    func `an option that only the program can tell is refused`(lines: String) throws {
        let host = EximByHand(
            routers: Self.dns.replacing("  transport = remote_smtp", with: lines),
            transports: Self.srs
        )
        let words = try host.plan().words
        #expect(words.contains("depends on whether the installed Exim has a certain feature"), "\(words)")
        #expect(words.contains("\(EximByHand.path):"), "\(words)")
    }

    @Test(arguments: ["", ".else\nremote_smtp:\n  driver = smtp\n  helo_data = b.test\n"])
    func `so is a transport, or a macro`(other: String) throws {
        var host = EximByHand(routers: Self.dns)
        host.transports = ".ifdef _HAVE_DANE\nremote_smtp:\n  driver = smtp\n\(other).endif\n"
        #expect(try host.plan().words.contains("a certain feature"))
        let macro = EximByHand(
            main: ".ifdef _HAVE_SRS\nOUT = fwd_smtp\n.else\nOUT = remote_smtp\n.endif",
            routers: Self.dns.replacing("= remote_smtp", with: "= OUT"),
            transports: Self.srs,
            macros: ["OUT"]
        )
        #expect(try macro.plan().words.contains("a certain feature"))
    }

    @Test func `what does not decide keeps its condition`() throws {
        var host = EximByHand(
            routers: Self.dns.replacing(
                "  no_more",
                with: ".ifdef _HAVE_DNSSEC\n  headers_add = X-A: b\n.endif\n  no_more"
            )
        )
        host.transports = "remote_smtp:\n  driver = smtp\n.ifdef _HAVE_DANE\n  helo_data = a.test\n.endif\n"
        let (after, words) = try host.plan()
        #expect(after != nil, "\(words)")
        #expect(after?.router("mtactl_filter")?.items.contains { $0.doubt != nil } == true)
        #expect(after?.transport("mtactl_filter")?.items.contains { $0.doubt != nil } == true)
    }

    @Test(arguments: [true, false])
    func `whether a router is there is what exim says`(isThere: Bool) throws {
        let host = EximByHand(
            routers: """
                .ifdef _HAVE_SRS
                inbound:
                  driver = redirect
                  domains = ! +local_domains
                  senders = a@b.test
                  data = c@d.test
                .else
                plain:
                  driver = redirect
                  domains = ! +local_domains
                  senders = e@f.test
                  data = g@h.test
                .endif

                """ + Self.dns
        )
        var facts = host.facts
        let name = isThere ? "inbound" : "plain"
        facts.answers["exim.routers"] = Facts.Answer(
            output: Array("\(name)\ndnslookup\nsystem_aliases\nlocaluser\n".utf8)
        )
        let found = try EximHost(facts)
        #expect(found.activeRouters.map(\.name) == [name, "dnslookup", "system_aliases", "localuser"])
        #expect(found.structure.router(name)?.start.doubt == nil)
    }

    @Test func `a macro in a condition that does not hold has no value, and its name is copied`() throws {
        let host = EximByHand(
            main: ".ifdef TESTING\nSPARE = ! a.example\n.else\nSPARE = ! b.example\n.endif",
            routers: Self.dns.replacing("! +local_domains", with: "! +local_domains : SPARE"),
            macros: ["SPARE"]
        )
        let (after, words) = try host.plan()
        let copy = after?.router("mtactl_filter")
        #expect(copy?.option("domains")?.contains("! b.example") == true, "\(words)")
        #expect(copy?.written("domains")?.contains("SPARE") == true)
        #expect(copy?.written("domains")?.contains("example") == false)
    }

    @Test func `a later definition is for what is behind it, and a value copied from above is a value`() throws {
        let host = EximByHand(
            main: "SPARE = ! a.example",
            routers: """
                SPARE == ! b.example
                .ifdef LATER
                early:
                  driver = redirect
                  data = :fail:
                .endif

                """ + Self.dns.replacing("! +local_domains", with: "! +local_domains : SPARE")
                    + "\nLATER = yes\n",
            macros: ["SPARE", "LATER"]
        )
        let (after, words) = try host.plan()
        let copy = after?.router("mtactl_filter")
        #expect(copy?.written("domains")?.contains("! b.example") == true, "\(words)")
        #expect(after?.names(in: "routers").contains("early") == false)
    }

    @Test func `rows of a route_list are looked up as they are compared`() throws {
        let lists = EximLists(["more": "d.example"])
        let text = "a.example one ; *.b.example two ; !c.example:*.example three ; +more four"
        let rows = EximRows(EximRouteList(text).entries)
        for domain in ["a.example", "x.b.example", "b.example", "c.example", "e.example", "d.example", "f.test"] {
            let first = rows.entries.first { lists.contains(domain, $0.domain) ?? false }
            #expect(rows.first(for: domain, lists) == first)
            #expect(rows.contains(domain, lists) == (first != nil))
        }
        #expect(lists.contains("a.b.example", "a.example : ! *.b.example") == false)
        #expect(lists.contains("a.b.example", "! b.example : *.example") == true)
        #expect(lists.contains("a.b.example", "! x : @mx_any : b.example") == nil)
        #expect(lists.contains("a.b.example", "+more : ! a") == true)
    }
}
