import MTAPlan
import Testing

@testable import MTAApply

@Suite struct ObjectionTests {
    private let smarthost = Delivery.Relay(host: "outgoing.example.net", address: "198.18.0.5", port: 587)
    private let elsewhere = Delivery.Relay(host: "mx.example.org", address: "198.18.0.6", port: 25)

    @Test func `a message that the smarthost took, encrypted, is no objection`() {
        #expect(wanted(.required).objection(to: delivered(smarthost, tls: .untrusted)) == nil)
    }

    @Test func `a message that arrived by another way is an objection that names both ways`() throws {
        let objection = try #require(wanted(.required).objection(to: delivered(elsewhere, tls: .unknown)))

        #expect(objection.problem.contains("mx.example.org"))
        #expect(objection.problem.contains("outgoing.example.net"))
    }

    @Test func `on a host that is not as asked, nothing else is looked for`() throws {
        let delivery = delivered(elsewhere, tls: .unknown)
        let applied = try #require(wanted(.required).objection(to: delivery))
        let missing = try #require(wanted(.required).objection(to: delivery, isApplied: false))

        #expect(applied.hint?.contains("another setting") == true)
        #expect(missing.hint?.contains("`mtactl apply`") == true)
    }

    @Test func `the right host on another port is another way`() {
        let relay = Delivery.Relay(host: "outgoing.example.net", address: "198.18.0.5", port: 25)

        #expect(wanted(.required).objection(to: delivered(relay, tls: .unknown)) != nil)
    }

    @Test(arguments: [TLSPolicy.required, .verified])
    func `a message in clear is an objection where encryption was asked for`(policy: TLSPolicy) {
        #expect(wanted(policy).objection(to: delivered(smarthost, tls: nil)) != nil)
    }

    @Test(arguments: [TLSPolicy.none, .opportunistic])
    func `a message in clear is none where it was not asked for`(policy: TLSPolicy) {
        #expect(wanted(policy).objection(to: delivered(smarthost, tls: nil)) == nil)
    }

    @Test(arguments: CertificateTrust.allCases)
    func `any trust but a verified one is an objection under verified alone`(trust: CertificateTrust) {
        let isObjectedTo = wanted(.verified).objection(to: delivered(smarthost, tls: trust)) != nil

        #expect(isObjectedTo == (trust != .verified))
        #expect(wanted(.required).objection(to: delivered(smarthost, tls: trust)) == nil)
    }

    @Test(arguments: [Delivery.Status.bounced, .deferred, .refused, .queued])
    func `whatever is not delivered is an objection in the next hop's own words`(status: Delivery.Status) throws {
        let delivery = Delivery(status: status, messageID: "m", relay: smarthost, reply: "535 5.7.8 no")

        #expect(try #require(wanted(.required).objection(to: delivery)).problem.contains("535 5.7.8 no"))
    }

    @Test func `a message that waits has the hint of what it waits for, or of more time`() throws {
        var delivery = Delivery(status: .queued, messageID: "m", hint: "is the port correct?")
        #expect(try #require(wanted(.required).objection(to: delivery)?.hint) == "is the port correct?")

        delivery.hint = nil
        #expect(try #require(wanted(.required).objection(to: delivery)?.hint).contains("within"))
    }

    @Test func `mail that should go direct may go anywhere but to a smarthost`() {
        let direct = ExpectedRoute.direct(not: ["outgoing.example.net"])

        #expect(direct.objection(to: delivered(elsewhere, tls: nil)) == nil)
        #expect(direct.objection(to: delivered(smarthost, tls: .unknown)) != nil)
    }

    @Test func `a message that stayed on the host proves nothing`() {
        #expect(wanted(.none).objection(to: delivered(nil, tls: nil)) != nil)
    }

    @Test func `what the next hop said cannot steer a terminal`() throws {
        let delivery = Delivery(status: .bounced, messageID: "m", relay: smarthost, reply: "550 \u{1B}[2Jgone\r\nx")

        let problem = try #require(wanted(.none).objection(to: delivery)).problem

        #expect(!problem.unicodeScalars.contains { $0.value < 0x20 })
    }

    private func wanted(_ tls: TLSPolicy) -> ExpectedRoute {
        .via(hosts: ["outgoing.example.net"], port: 587, tls: tls, login: true)
    }

    private func delivered(_ relay: Delivery.Relay?, tls trust: CertificateTrust?) -> Delivery {
        let tls = trust.map { TLSSession("TLSv1.3", $0) }
        return Delivery(status: .delivered, messageID: "m", relay: relay, tls: tls, reply: "250 ok")
    }
}
