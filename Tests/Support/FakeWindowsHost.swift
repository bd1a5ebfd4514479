package import Drivers
package import MTAPlan
internal import Synchronization

/// A Windows host in memory: it takes the line and the input that the executor is given, and answers as it would.
///
/// It holds Send connectors, files, services and a scheduled task, and knows no rule of Exchange: the stand-in in
/// `Tests/Lab/exchange` does. A line or program that is not mtactl's own fails the test that is on it.
package final class FakeWindowsHost: Host {
    package let name: String
    package let isWindows = true
    let state: Mutex<State>

    package struct State: Sendable {
        package var connectors: [[String: PowerShellObject.Value]] = []
        /// Stored credentials, which are never told.
        package var passwords: [String: String] = [:]
        package var files: [String: String] = [:]
        package var services: [String: String] = ["MSExchangeTransport": "Running"]
        package var task: String?
        package var pickup: [String: String] = [:]
        /// What every smarthost says to `smtp.ask`.
        package var offers: [String: PowerShellObject.Value] = [:]
        package var rows: [[String: PowerShellObject.Value]] = []
        /// Whether SYSTEM may be given tasks.
        package var plansTasks = true
        /// A cmdlet or native whose calls fail with these words, while it is here.
        package var failing: [String: String] = [:]
        /// A restart of the transport service fails while a connector has this text in a property.
        package var restartFailsWith: String?
        package var documents: [String] = []
        /// How many more calls are done until the host is lost, in the middle of a document too; `nil`: it is not.
        package var callsLeft: Int?
        package var callsDone = 0

        /// What the scheduled task does when its time is over: `restore.ps1 -Expired`.
        package mutating func expire() {
            guard let run = task else { return }
            task = nil
            let folder = "runs\\\(run)\\"
            guard let state = files.removeValue(forKey: folder + "state.pending") else { return }
            _ = FakeDocument(files[folder + "undo.txt"] ?? "").answers(&self)
            files[folder + "state.restored"] = state
            if files["lock"]?.hasPrefix(run) == true { files["lock"] = nil }
        }
    }

    package init(name: String = "ex1", connectors: [[String: PowerShellObject.Value]] = []) {
        self.name = name
        state = Mutex(State(connectors: connectors))
    }

    /// What it holds, to look at or to change.
    package func with<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer { state.withLock { body(&$0) } }

    package func start(_ command: String) async throws(Failure) -> any Shell {
        if state.withLock({ $0.callsLeft == 0 }) { throw Failure("the host is lost") }
        guard command == PowerShellProgram.commandLine else { throw Failure("an unknown line: \(command)") }
        return FakePowerShell(host: self)
    }

    package func close() async {}

    /// What PowerShell prints for an input, noise and all.
    fileprivate func answer(_ input: [UInt8]) throws(Failure) -> [UInt8] {
        let lines = String(decoding: input, as: UTF8.self).split(separator: "\n").compactMap {
            Base64.decoded(String($0))
        }
        guard lines.count == 2, lines[0] == PowerShellProgram.executor else { throw Failure("not the executor") }
        let document = String(decoding: lines[1], as: UTF8.self)
        let answers = state.withLock { state in
            state.documents.append(document)
            return FakeDocument(document).answers(&state)
        }
        guard let (nonce, text) = answers else { throw Failure("the host is lost") }
        return Self.printed(nonce, text)
    }

    private static func printed(_ nonce: String, _ text: String) -> [UInt8] {
        let body = String(decoding: Base64.bytes(Array(text.utf8)), as: UTF8.self)
        let frame = "<<MTACTL:\(nonce):\(body)>>"
        return Array("Welcome to the Exchange Management Shell!\r\n\(frame)\r\n".utf8)
    }
}

/// A PowerShell that reads its input to the end before it does anything.
private final class FakePowerShell: Shell {
    private let host: FakeWindowsHost
    private let state = Mutex<(input: [UInt8], outputs: [ShellOutput])>(([], []))

    init(host: FakeWindowsHost) { self.host = host }

    func write(_ bytes: [UInt8]) async throws(Failure) { state.withLock { $0.input += bytes } }

    func finishInput() async throws(Failure) {
        let output = try host.answer(state.withLock { $0.input })
        let noise = "#< CLIXML\r\n<Objs Version=\"1.1.0.1\"><Obj S=\"progress\">Preparing modules</Obj></Objs>"
        state.withLock { $0.outputs = [.errors(Array(noise.utf8)), .output(output)] }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        state.withLock { $0.outputs.isEmpty ? nil : $0.outputs.removeFirst() }
    }

    func close() async {}
}

/// A document as the executor reads it.
struct FakeDocument {
    private var nonce = ""
    private var logins: [String: String] = [:]
    private var calls: [Call] = []

    struct Call {
        var id: String
        var name: String
        var isNeeded: Bool
        var arguments: [String: PowerShellObject.Value] = [:]
        var properties: [String] = []

        func text(_ name: String) -> String { arguments[name]?.texts.first ?? "" }
    }

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            switch fields[0] {
            case "nonce": nonce = fields[1]
            case "login": logins[fields[1]] = Self.decoded(fields[3])
            case "call": calls.append(Call(id: fields[1], name: fields[2], isNeeded: fields[3] == "must"))
            case "arg": calls[calls.count - 1].arguments[fields[1]] = value(fields)
            case "get": calls[calls.count - 1].properties.append(fields[1])
            default: continue
            }
        }
    }

    private func value(_ fields: [String]) -> PowerShellObject.Value {
        switch fields[2] {
        case "text": .text(Self.decoded(fields[3]))
        case "list": .list(fields[3].split(separator: ",").map { Self.decoded(String($0)) })
        case "login": .text(logins[fields[3]] ?? "")
        case "flag": .text(fields[3] == "1" ? "True" : "False")
        case "null": .nothing
        default: .text(fields[3])
        }
    }

    private static func decoded(_ text: String) -> String {
        String(decoding: Base64.decoded(text) ?? [], as: UTF8.self)
    }

    /// Runs the calls: the nonce, and the answer's text; `nil` where the host was lost meanwhile.
    func answers(_ state: inout FakeWindowsHost.State) -> (nonce: String, text: String)? {
        var lines = ["mtactl\t1"]
        var isStopped = false
        for call in calls {
            if state.callsLeft == 0 { return nil }
            state.callsLeft = state.callsLeft.map { $0 - 1 }
            state.callsDone += 1
            if isStopped {
                lines.append("call\t\(call.id)\tskipped")
                continue
            }
            switch FakeCall(call, &state).result {
            case .success(let objects):
                lines.append("call\t\(call.id)\tok")
                for object in objects { lines += ["object"] + call.properties.map { Self.property($0, object[$0]) } }
            case .failure(let failure):
                let id =
                    failure.problem.contains("no such") ? "ManagementObjectNotFoundException,ObjectNotFound" : "Fake"
                let words = [failure.problem, id, "NotSpecified"].map { Self.encoded($0) }
                lines += ["call\t\(call.id)\tfailed", (["error"] + words).joined(separator: "\t")]
                isStopped = call.isNeeded
            }
        }
        if state.callsLeft == 0 { return nil }
        return (nonce, (lines + ["end\t\(calls.count)"]).map { $0 + "\n" }.joined())
    }

    private static func property(_ name: String, _ value: PowerShellObject.Value?) -> String {
        switch value {
        case nil: "prop\t\(name)\tabsent"
        case .nothing: "prop\t\(name)\tnull"
        case .text(let text): "prop\t\(name)\ttext\t\(encoded(text))"
        case .list(let texts): "prop\t\(name)\tlist\t\(texts.map(encoded).joined(separator: ","))"
        }
    }

    private static func encoded(_ text: String) -> String {
        String(decoding: Base64.bytes(Array(text.utf8)), as: UTF8.self)
    }
}
