import MTAPlan
import Support
import Testing

@testable import MailServers

/// Log of dma 0.13: `Fixtures/Logs/ORIGIN.md`.
@Suite struct DMATests {
    @Test func `a message is followed by the name that it was given`() throws {
        let delivery = try follow("mtactl-run-fa5b9042@example.com")

        #expect(delivery.status == .delivered)
        #expect(delivery.queueID == "921.555d8cd1bb70")
        #expect(delivery.relay?.description == "outgoing.example.net[198.18.2.1]:587")
        #expect(delivery.tls == TLSSession("TLS", .untrusted))
        #expect(delivery.authenticated == true)
    }

    @Test func `a refused login is a bounce, as dma does not try again`() throws {
        let delivery = try follow("mtactl-run-92a36b9a@example.com")

        #expect(delivery.status == .bounced)
        #expect(delivery.queueID == "991.55eed58e1b70")
        #expect(delivery.reply.contains("535 5.7.8 authentication failed"))
        #expect(delivery.authenticated == nil)
    }

    @Test func `a login in dma.conf is refused without being shown`() throws {
        let fixture = try #require(try Fixture.all(of: "dma").first { $0.name == "nothing-asked" })
        var facts = fixture.facts
        var file = try #require(facts.file("/etc/dma/dma.conf"))
        file.bytes += Array("out@example.com|outgoing.example.net:topsecret word\n".utf8)
        facts.files["/etc/dma/dma.conf"] = .file(file)

        let failure = #expect(throws: Failure.self) {
            try DMA().proposal(
                for: Routes(defaultRoute: .via(FixtureRoutes.filter), bounces: .default),
                extras: ServerExtras(),
                given: facts,
                secrets: FixtureRoutes.secrets
            )
        }

        #expect(failure?.problem.contains("dma has no such setting") == true)
        #expect(failure?.description.contains("secret") == false)
        #expect(failure?.fault == nil)
    }

    @Test func `a message that is not in the log is queued`() throws {
        #expect(try follow("mtactl-run-00000000@x").status == .queued)
    }

    @Test func `what opportunistic TLS did not find is not called encrypted`() throws {
        let tag = "mtactl-1"
        let lines = [
            "using smarthost (h:25)", "trying remote delivery to h [192.0.2.1] pref 0",
            "in opportunistic TLS mode, STARTTLS not available: 502 no", "SSL initialization successful",
            "<a@b> delivery successful",
        ].map { "x y \(tag)[1]: \($0)" }
        var tracer = DMATrace(messageID: "mtactl-run-1@x")

        guard case .found(let delivery) = tracer.next(after: lines) else {
            Issue.record("the message was delivered")
            return
        }
        #expect(delivery.tls == nil)
        #expect(delivery.authenticated == false)
    }

    @Test func `settings are read as dma reads them`() {
        let settings = DMASettings(
            Array("SMARTHOST a # x\nSMARTHOST b\n#PORT 1\nPORT 2\nSECURETRANSFER\nSTARTTLS yes\n".utf8)
        )

        #expect(settings.value(of: "SMARTHOST") == "b")
        #expect(settings.value(of: "PORT") == "2")
        #expect(settings.has("SECURETRANSFER"))
    }

    private func follow(_ id: String) throws -> Delivery {
        let log = try Fixture.log("dma-0.13.log")
        var tracer = DMATrace(messageID: id)
        var step = tracer.next(after: [])
        while case .watch(let watch) = step {
            step = tracer.next(after: watch.wanted(of: log))
        }
        guard case .found(let delivery) = step else { throw Failure("the trace does not end") }
        return delivery
    }
}
