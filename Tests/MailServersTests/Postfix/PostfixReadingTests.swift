import MTAPlan
import Support
import Testing

@testable import MailServers

/// Our reading of a host's files beside Postfix's own.
@Suite struct PostfixReadingTests {
    @Test(arguments: try Fixture.all(of: "postfix"))
    func `main.cf is read as postconf reads it`(_ fixture: Fixture) throws {
        guard let settings = fixture.facts.text("postfix.settings"),
            let main = fixture.facts.file("/etc/postfix/main.cf").map({ MainCF($0.bytes) })
        else { return #expect(fixture.name == "refuses-a-broken-main-cf") }

        for line in settings.split(separator: "\n") {
            let name = String(line.prefix { $0 != " " })
            let value = line.dropFirst(name.count + 2).trimmingPrefix(" ")
            let found = try #require(main.value(of: name))
            #expect(MainCF.printed(found) == value)
        }
        #expect(!settings.isEmpty)
    }

    @Test(arguments: try Fixture.all(of: "postfix").filter { $0.facts.text("postfix.services") != nil })
    func `master.cf is read as postconf reads it`(_ fixture: Fixture) throws {
        let master = try #require(fixture.facts.file("/etc/postfix/master.cf"))
        let printed = try #require(fixture.facts.text("postfix.services")).split(separator: "\n")

        let services = try MasterCF(master.bytes).services()

        let read = services.map {
            ([$0.name, $0.type, $0.chroot, $0.command] + $0.arguments.map(\.description)).joined(separator: " ")
        }
        let theirs = printed.map { line -> String in
            let words = line.split(separator: " ").map(String.init)
            return ([words[0], words[1], words[4], words[7]] + words[8...]).joined(separator: " ")
        }
        #expect(read == theirs)
    }

    @Test(arguments: try Fixture.all(of: "postfix"))
    func `a file is printed back byte for byte`(_ fixture: Fixture) {
        for case .file(let file) in fixture.facts.files.values {
            #expect(MainCF(file.bytes).bytes == file.bytes)
            #expect(MasterCF(file.bytes).bytes == file.bytes)
        }
    }
}
