import MTAPlan
import Support
import Testing

@testable import MailServers

/// Log of the stand-in for IceWarp: `Fixtures/Logs/ORIGIN.md`.
@Suite struct IceWarpTests {
    private func sent(_ from: String = "a@example.com") -> SentMessage {
        SentMessage(messageID: "mtactl-1@example.com", from: from, to: "b@remote.test", byteCount: 100)
    }

    /// Follows a message through lines as the agent does.
    private func follow(_ lines: [String], from: String = "a@example.com") throws -> Delivery {
        var tracer = IceWarpTrace(sent(from))
        var step = tracer.next(after: [])
        for _ in 0..<10 {
            guard case .watch(let watch) = step else { break }
            step = tracer.next(after: watch.wanted(of: lines))
        }
        guard case .found(let delivery) = step else { throw Failure("the tracer comes to no end") }
        return delivery
    }

    @Test func `a message is followed from the session that brought it to the one that took it away`() throws {
        let delivery = try follow(try Fixture.log("icewarp.log"))

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.description == "outgoing.example.net[198.18.2.1]:587")
        #expect(delivery.tls == TLSSession("TLS", .unknown))
        #expect(delivery.authenticated == true)
        #expect(delivery.reply == "250 2.0.0 taken by the lab")
        #expect(delivery.queueID == "mtactl-1@example.com")
    }

    @Test func `what is only taken in is queued, and what is not there too`() throws {
        let taken = try Fixture.log("icewarp.log").filter { $0.hasPrefix("127.0.0.1") }

        #expect(try follow(taken).status == .queued)
        #expect(try follow(taken).reply == "")
        #expect(try follow([]).reply == "the message is not in the log")
        #expect(try follow(try Fixture.log("icewarp.log"), from: "other@example.com").status == .queued)
    }

    @Test(arguments: [
        ("0 0 00:00:00 FAILED 550 5.7.1 no relaying", Delivery.Status.bounced, "550"),
        ("0 0 00:00:00 RETRY 451 4.7.1 greylisted", .deferred, "451"),
        ("0 0 00:00:20 RETRY nobody answers", .deferred, "nobody"),
        ("0 0 00:00:20 OK", .deferred, "OK"),
    ])
    func `what the session says of the message decides`(sum: String, status: Delivery.Status, word: String) throws {
        let delivery = try follow([
            "198.18.2.1      [00A1] 10:00:00 Client session *** <a@example.com> <b@remote.test> \(sum)\r"
        ])

        #expect(delivery.status == status)
        #expect(delivery.reply.contains(word))
        #expect(delivery.relay?.host == "198.18.2.1")
        #expect(delivery.authenticated == nil && !delivery.tellsTLS)
    }

    @Test func `where the line that sums up has no code, the smarthost's last answer is the reason`() throws {
        let delivery = try follow([
            "198.18.2.1      [00A1] 10:00:00 Client session <<< 535 5.7.8 authentication failed",
            "198.18.2.1      [00A1] 10:00:00 Client session *** <a@example.com> <b@remote.test> 0 0 00:00:00 FAILED",
        ])

        #expect(delivery.status == .bounced)
        #expect(delivery.reply == "535 5.7.8 authentication failed")
    }

    @Test func `the older form of the log is told by the address`() throws {
        let delivery = try follow([
            "127.0.0.1 [000078B7] Fri, 27 Nov 2026 02:19:38 +0000 *** <a@example.com> <b@remote.test> 1 247 00:00:00 OK",
            "198.18.2.1 [000078B8] Fri, 27 Nov 2026 02:19:39 +0000 <<< 250 2.0.0 taken",
            "198.18.2.1 [000078B8] Fri, 27 Nov 2026 02:19:39 +0000 *** <a@example.com> <b@remote.test> 1 247 00:00:00 OK",
        ])

        #expect(delivery.status == .delivered)
        #expect(delivery.reply == "250 2.0.0 taken")
        #expect(delivery.relay?.address == "198.18.2.1")
    }

    @Test(arguments: [
        ("", ""), ("relay.example.net", "relay.example.net"), ("relay.example.net:587", "relay.example.net:587"),
        ("out@example.com:topsecret@relay.example.net:587", "out@example.com:[secret]@relay.example.net:587"),
        ("topsecret@relay.example.net", "[secret]@relay.example.net"),
        ("out:top@secret:@relay.example.net", "out:[secret]@relay.example.net"),
        ("a.example:26;out:topsecret@b.example;c.example", "a.example:26;out:[secret]@b.example;c.example"),
    ])
    func `of a relay server no password is shown`(found: String, shown: String) {
        let relay = IceWarpRelay(found: found)

        #expect(relay.masked == shown)
    }

    @Test(arguments: [";", ":", "@", " ", "\t", "\u{7F}", "ä"])
    func `what the syntax cannot hold is refused, and the password not named`(character: String) throws {
        let password = SecretReference.environment("X")
        var smarthost = FixtureRoutes.sparing
        smarthost.login = Login(username: "out@example.com", password: password)

        let failure = #expect(throws: Failure.self) {
            try IceWarpRelay.check(smarthost, secrets: Secrets([password: Secret("topsecret\(character)x")]))
        }

        #expect(failure?.description.contains("topsecret") == false)
        #expect(failure?.fault == nil)
        try IceWarpRelay.check(smarthost, secrets: Secrets([password: Secret(##"a!b"#$%&'()*+,-./<=>?[\]^_`{|}~c"##)]))
    }

    @Test func `the facts are read by the program that the settings are read by`() {
        let facts = String(decoding: PackageResources.icewarp_facts_sh, as: UTF8.self)
        let program = ShellProgram.line(PackageResources.icewarp_read_sh)

        #expect(facts.contains("icewarp_read='\(program)'\n"))
    }

    @Test func `mail that may go directly is expected to go either way`() {
        var settings = IceWarpSettings()
        let route = ExpectedRoute.via(hosts: ["a"], port: 25, tls: .none, login: false)
        #expect(IceWarp().expected(route, extras: ServerExtras(settings)) == route)

        settings.use = .whenDirectFails
        let either = IceWarp().expected(route, extras: ServerExtras(settings))
        #expect(either == .oneOf([.direct(not: ["a"]), route]))
    }

    @Test(arguments: [("0", false), ("1", false), ("2", true), ("3", true), ("4", true)])
    func `its own log is followed where it tells what becomes of a message`(level: String, isLog: Bool) throws {
        let fixture = try #require(try Fixture.all(of: "icewarp").first { $0.name == "nothing-asked" })
        var facts = fixture.facts
        facts.answers["icewarp.logging"] = Facts.Answer(output: Array("\(level)\n".utf8))

        let log = IceWarp().trace.log(facts)

        #expect(log == (isLog ? .series(prefix: "/opt/icewarp/logs/smtp/s", suffix: ".log") : nil))
        #expect(IceWarp().trace.unproved?.fault == nil)
    }
}
