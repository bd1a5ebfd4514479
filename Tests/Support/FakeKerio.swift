package import Drivers
package import MTAPlan
internal import MailServers
internal import Synchronization

/// Kerio Connect's list of relay rules in memory, with the trap of its passwords: `""` erases, an id copies, and reading
/// tells none.
package final class FakeKerio: AdministrationCaller {
    package struct State: Sendable {
        /// With their passwords.
        package var rules: [APIValue] = []
        package var usesTLS = true
        /// How often each method was called.
        package var calls: [String] = []
        /// What is refused the next time that it is called.
        package var refusing: String?
        /// Whether the next list that is written loses its descriptions.
        package var losesDescriptions = false
        /// Whether the conversation is cut before each call.
        package var isCut = false
        package var nextID = 1
    }

    private let state = Mutex(State())

    package init(_ rules: [RelayRule] = [], passwords: [String] = []) {
        with { state in
            for (number, rule) in rules.enumerated() {
                state.add(rule.written(password: number < passwords.count ? passwords[number] : nil))
            }
        }
    }

    package func with<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer {
        state.withLock { body(&$0) }
    }

    package func call(_ method: String, _ parameters: APIValue) async throws(Failure) -> APIAnswer {
        let answer: APIAnswer? = state.withLock { state in state.isCut ? nil : state.answer(to: method, parameters) }
        guard let answer else { throw Failure("the connection was lost") }
        return answer
    }

    package func close() async {}

    /// What facts have of it.
    package var facts: Facts {
        let (rules, settings) = state.withLock { state in
            (state.answer(to: "Smtp.getRelayDeliveryRuleList", .null), state.answer(to: "Smtp.get", .null))
        }
        return Facts(calls: [
            "kerio.version": .result(.object(["version": .text("10.0.8")])), "kerio.rules": rules,
            "kerio.settings": settings,
        ])
    }

    /// The rules, without passwords.
    package var rules: RelayRules { (try? RelayRules(facts.calls["kerio.rules"]?.result)) ?? RelayRules([]) }

    /// The passwords, in the order of the rules.
    package var passwords: [String] {
        state.withLock { state in state.rules.map { $0["authentication"]?["password"]?.text ?? "" } }
    }
}

extension FakeKerio.State {
    mutating func add(_ value: APIValue) {
        var members = value.object ?? [:]
        members["id"] = .text("keriodb://relay/\(nextID)")
        nextID += 1
        rules.append(.object(members))
    }

    mutating func answer(to method: String, _ parameters: APIValue) -> APIAnswer {
        calls.append(method)
        if refusing == method {
            refusing = nil
            return .failed(code: 1000, message: "Operation failed.")
        }
        switch method {
        case "Smtp.getRelayDeliveryRuleList":
            return .result(.object(["list": .list(rules.map { $0.with(password: "") })]))
        case "Smtp.setRelayDeliveryRuleList": return write(parameters["list"]?.list ?? [])
        case "Smtp.get":
            return .result(.object(["server": .object(["useSSL": .flag(usesTLS), "readerHops": .integer(9)])]))
        case "Smtp.set":
            usesTLS = parameters["server"]?["useSSL"]?.flag ?? usesTLS
            return .result(.object([:]))
        default: return .failed(code: -32601, message: "Method not found.")
        }
    }

    private mutating func write(_ list: [APIValue]) -> APIAnswer {
        let before = Dictionary(
            rules.map { ($0["id"]?.text ?? "", $0["authentication"]?["password"]?.text ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
        rules = []
        for value in list {
            let password = value["authentication"]?["password"]?.text ?? ""
            var value = value.with(password: before[password] ?? password)
            if losesDescriptions, var members = value.object {
                members["description"] = .text("")
                value = .object(members)
            }
            add(value)
        }
        losesDescriptions = false
        return .result(.object([:]))
    }
}

extension APIValue {
    package func with(password: String) -> APIValue {
        guard var members = object, var login = members["authentication"]?.object else { return self }
        login["password"] = .text(password)
        members["authentication"] = .object(login)
        return .object(members)
    }
}

/// A site that is one `FakeKerio`.
package struct FakeKerioSite: Site {
    package let kerio: FakeKerio
    package let name = "kerio"
    package var rulePasswords: [String: SecretReference] = [:]
    package var secrets = Secrets()
    /// What port 25 of the host is.
    package var submission: any Shell = SilentShell()
    private let memory = RunMemory()

    package init(_ kerio: FakeKerio) { self.kerio = kerio }

    package var executor: (any TaskExecutor)? { nil }
    package func facts(for purpose: FactsPurpose, files: [String]) async throws(Failure) -> Facts { kerio.facts }
    package func backup(of run: String) -> BackupPlace? { nil }
    package func close() async {}

    package func withDriver<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard let interface = Kerio().interface else {
            preconditionFailure("Kerio is administered through an interface")
        }
        let surroundings = APIDriver.Surroundings(
            rulePasswords: rulePasswords,
            memory: memory,
            secret: { reference throws(Failure) in try secrets.value(of: reference) },
            submission: { () async throws(Failure) in submission },
            resolves: { host, address in host == address }
        )
        let driver = APIDriver(kerio, interface, surroundings, progress: progress)
        do throws(Failure) {
            let result = try await body(driver)
            await driver.end()
            return result
        } catch {
            await driver.end()
            throw error
        }
    }
}

/// A stream on which nothing ever comes.
package struct SilentShell: Shell {
    package init() {}
    package func write(_ bytes: [UInt8]) async throws(Failure) {}
    package func finishInput() async throws(Failure) {}
    package func read(within patience: Duration) async throws(Failure) -> ShellOutput? { nil }
    package func close() async {}
}
