import MTAPlan

extension FakeDocument.Call {
    /// The calls that a mail server without cmdlets is driven by; `nil` for others.
    func ofSMTPService(
        _ state: inout FakeWindowsHost.State
    ) throws(Failure) -> [[String: PowerShellObject.Value]]? {
        let named = { (row: [String: PowerShellObject.Value]) in row["Name"]?.texts.first == text("Name") }
        switch name {
        case "registry.read", "setting.read": return state.registry
        case "setting.write":
            // As Windows PowerShell passes words on to a program.
            state.registry.removeAll(where: named)
            state.registry.append([
                "Name": .text(text("Name")), "Value": .text(text("Value").replacing("\"", with: "")),
            ])
            return []
        case "registry.write":
            state.registry.removeAll(where: named)
            state.registry.append(["Name": .text(text("Name")), "Kind": .text(text("Kind")), "Value": value])
            return []
        case "registry.remove":
            state.registry.removeAll(where: named)
            return []
        case "smtp.send":
            state.sent.append(text("MessageId"))
            for (path, lines) in state.logs { state.spool[path, default: ""] += lines }
            return []
        case "log.watch":
            let log = Array((state.spool[text("Path")] ?? "").utf8)
            let lines = log.dropFirst(Int(text("From")) ?? 0).split(separator: 0x0A)
            return [["Lines": .list(lines.map { String(decoding: $0, as: UTF8.self) })]]
        case "spool.find":
            let folder = text("Folder") + "\\"
            return state.spool.filter { path, bytes in
                path.hasPrefix(folder) && !path.dropFirst(folder.count).contains("\\")
                    && (text("Contains").isEmpty || bytes.contains(text("Contains")))
            }
            .map { path, bytes in
                ["Name": .text(String(path.dropFirst(folder.count))), "Bytes": .text("\(bytes.utf8.count)")]
            }
        case "pickup.remove" where !state.spool.isEmpty:
            state.spool = state.spool.filter { !$0.key.hasPrefix("\(text("Folder"))\\\(text("Name")).") }
            return []
        default: return nil
        }
    }

    private var value: PowerShellObject.Value { arguments["Value"] ?? .nothing }
}
