import MTAPlan
import MailServers
import Testing

/// Advice about `mta:` is given only where it would help.
@Suite struct ChosenServerTests {
    private func hint(_ choice: MailServerChoice, _ found: [RecognisedServer]) -> String {
        do throws(Failure) {
            return try Planner(catalog: Catalog.products).chosen(choice, among: found).name
        } catch {
            return error.hint ?? ""
        }
    }

    private let postfix = RecognisedServer(name: "postfix", isActive: true)
    private let exim = RecognisedServer(name: "exim", isActive: true)
    private let unknown = RecognisedServer(name: "courier", isActive: true)

    @Test func `auto is advised where it would find the one server that is there`() {
        #expect(hint(.named("exim"), [postfix]) == "write `mta: auto`, or `mta: postfix`")
        #expect(hint(.auto, [postfix]) == "postfix")
    }

    @Test func `what would not help is not advised`() {
        let idle = RecognisedServer(name: "postfix", isActive: false)
        for (choice, found) in [
            (MailServerChoice.named("exim"), []), (.named("exim"), [unknown]), (.named("exim"), [idle]),
            (.named("sendmail"), [postfix, exim]), (.auto, []), (.auto, [idle]), (.auto, [postfix, exim]),
        ] {
            #expect(!hint(choice, found).contains("mta: auto"), "\(choice) among \(found)")
            #expect(hint(choice, found) != "")
        }
        #expect(hint(.named("exim"), []) == "exclude the host with --limit '!HOST', or install exim on it")
        #expect(hint(.named("exim"), [unknown]) == "exclude the host with --limit '!HOST'")
        #expect(hint(.named("sendmail"), [postfix, exim]) == "write `mta: postfix` or `mta: exim`")
        #expect(!hint(.auto, []).contains("`mta:`"))
    }
}
