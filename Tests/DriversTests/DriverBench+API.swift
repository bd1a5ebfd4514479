import Drivers
import MTAPlan
import Support

/// The same changes as those of a file, of a rule's host; a secret becomes its password.
extension DriverBench {
    static let rule = RelayRule(RuleDescription(title: "outgoing"), host: "old", port: 25, username: nil, .init())

    func work(to wanted: Content, flaw: Flaw?, on kerio: FakeKerio) throws -> APIWork {
        let text = String(decoding: try wanted.rendered(with: Self.secrets), as: UTF8.self)
        let isSecret = text == Self.password
        let found = kerio.rules
        let host = isSecret ? "relay" : text
        let new = APIWork.NewRule(name, host: host, port: 25, username: isSecret ? "out" : nil, .init())
        let account = RelayAccount(host: host, port: 25, username: "out")
        kerio.with { state in
            if flaw == .check { state.refusing = "Smtp.getRelayDeliveryRuleList" }
            if flaw == .reload {
                state.usesTLS = false
                state.refusing = "Smtp.set"
            }
            if flaw == .health { state.losesDescriptions = true }
        }
        return APIWork(
            found: flaw == .moved ? "0000" : found.digest,
            rules: [new],
            off: found.rules.indices.filter { found.rules[$0].isEnabled },
            switchesTLSOn: flaw == .reload,
            passwords: isSecret ? [.init(account, Self.secret)] : []
        )
    }
}

extension FakeKerio {
    /// The host of the first rule that is enabled, or its password where it has one.
    var enabledText: String? {
        guard let index = rules.rules.firstIndex(where: \.isEnabled) else { return nil }
        return passwords[index].isEmpty ? rules.rules[index].host : passwords[index]
    }

    func setEnabledHost(_ host: String) {
        guard let index = rules.rules.firstIndex(where: \.isEnabled) else { return }
        with { state in
            var members = state.rules[index].object ?? [:]
            members["hostName"] = .text(host)
            state.rules[index] = .object(members)
        }
    }
}
