import MTAPlan
import Testing

@testable import MailServers

@Suite struct PostfixSendersFileTests {
    @Test func `every file that a list of senders can be read from is asked for`() {
        let file = SendersFile(path: "/a", smarthost: FixtureRoutes.plain, logins: "/b")

        #expect(
            Postfix().files(for: Routes(sendersFile: file))
                == ["/a", "/a.cdb", "/a.db", "/a.lmdb", "/b", "/b.cdb", "/b.db", "/b.lmdb"]
        )
    }
}
