internal import Drivers
internal import MTAPlan

/// One call, done.
struct FakeCall {
    typealias Properties = [String: PowerShellObject.Value]
    private(set) var result: Result<[Properties], Failure> = .success([])

    init(_ call: FakeDocument.Call, _ state: inout FakeWindowsHost.State) {
        do throws(Failure) {
            if let words = state.failing[call.name] { throw Failure(words) }
            if let objects = try Self.connectors(call, &state) {
                result = .success(objects)
            } else if let objects = try Self.files(call, &state) {
                result = .success(objects)
            } else {
                result = .success(try Self.others(call, &state))
            }
        } catch {
            result = .failure(error)
        }
    }

    private static func connectors(
        _ call: FakeDocument.Call,
        _ state: inout FakeWindowsHost.State
    ) throws(Failure) -> [Properties]? {
        switch call.name {
        case "Get-SendConnector": return state.connectors
        case "New-SendConnector":
            var made = call.arguments.filter { $0.key != "AuthenticationCredential" && $0.key != "Confirm" }
            made["Guid"] = .text("guid-of-\(call.text("Name"))")
            state.connectors.append(made)
            return [made]
        case "Set-SendConnector", "Remove-SendConnector":
            let names = [call.text("Identity").lowercased()]
            let index = state.connectors.firstIndex { connector in
                ["Name", "Guid"].contains { names.contains(connector[$0]?.texts.first?.lowercased() ?? "") }
            }
            guard let index else { throw Failure("no such connector: \(call.text("Identity"))") }
            if call.name == "Remove-SendConnector" {
                state.connectors.remove(at: index)
                return []
            }
            for (name, value) in call.arguments where !["Identity", "Confirm"].contains(name) {
                if name == "AuthenticationCredential" {
                    state.passwords[state.connectors[index]["Name"]?.texts.first ?? ""] = value.texts.first
                } else {
                    state.connectors[index][name] = value
                }
            }
            return []
        default: return nil
        }
    }

    private static func files(
        _ call: FakeDocument.Call,
        _ state: inout FakeWindowsHost.State
    ) throws(Failure) -> [Properties]? {
        let path = call.text("Path")
        switch call.name {
        case "file.write":
            if call.text("New") == "True", state.files[path] != nil { throw Failure("it exists") }
            state.files[path] = call.text("Text")
            return []
        case "file.read":
            guard let text = state.files[path] else { throw Failure("could not find file") }
            return [["Text": .text(text)]]
        case "file.move":
            guard let text = state.files.removeValue(forKey: call.text("From")) else { throw Failure("could not find") }
            state.files[call.text("To")] = text
            return []
        case "file.remove":
            state.files[path] = nil
            return []
        case "folder.remove":
            state.files = state.files.filter { !$0.key.hasPrefix(path + "\\") }
            return []
        case "folder.list":
            return state.files.filter { $0.key.hasPrefix(path + "\\") }
                .map { ["Path": .text($0.key), "Bytes": .text("\($0.value.utf8.count)")] }
        default: return nil
        }
    }

    private static func others(
        _ call: FakeDocument.Call,
        _ state: inout FakeWindowsHost.State
    ) throws(Failure) -> [Properties] {
        switch call.name {
        case "host.facts":
            return [["Computer": .text("EX01"), "Domain": .text("example.com"), "ExchangeSetupRuns": .text("False")]]
        case "service.read": return state.services.map { ["Name": .text($0.key), "Status": .text($0.value)] }
        case "service.restart":
            let texts = state.connectors.flatMap { $0.values.flatMap(\.texts) }
            if let words = state.restartFailsWith, texts.contains(words) { throw Failure("the service did not start") }
            return []
        case "task.arm":
            guard state.plansTasks else { throw Failure("access is denied") }
            state.task = call.text("Run")
            return []
        case "task.disarm":
            guard state.task != nil else { throw Failure("no such task") }
            state.task = nil
            return []
        case "task.read": return state.task == call.text("Run") ? [["SecondsLeft": .text("60")]] : []
        case "smtp.ask": return [state.offers]
        case "name.resolve": return [["Address": .text(call.text("Name"))]]
        case "pickup.write":
            state.pickup[call.text("Name")] = call.text("Text")
            return []
        case "pickup.look", "pickup.remove", "Get-Queue", "Remove-Message": return []
        case "tracking.watch": return state.rows
        default: throw Failure("mtactl: not on the list of the executor: \(call.name)")
        }
    }
}
